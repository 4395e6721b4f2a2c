package io.quotabank.proxy.routing;

import java.time.Duration;

/** What routing answers to a request for a key. */
public sealed interface Choice {

    /** A key that is now in use by this call, until {@link Pick#ended}. */
    record Chosen(Pick pick) implements Choice {}

    /**
     * No key can serve now.
     *
     * @param retryAfter when the earliest of them may
     * @param rateLimited true where every key that could serve is out for a rate limit, its provider's or its owner's
     * @param untried true where some of them have not failed this request: later they may serve it
     */
    record Nothing(Duration retryAfter, boolean rateLimited, boolean untried) implements Choice {}

    /** No key is for the model: none will serve it before somebody deposits one, or lets one go on. */
    record Unserved() implements Choice {}
}
