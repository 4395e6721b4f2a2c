package io.quotabank.sandbox.key;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Requests and tokens per minute, both refilled continuously, taken together or not at all. */
public final class RateLimits {

    /** The two things that are limited, in OpenAI's words. */
    public enum Kind {
        REQUESTS,
        TOKENS
    }

    /**
     * How one limit stands.
     *
     * @param perMinute the limit
     * @param remaining whole units left, at least 0
     * @param resetNanos until it is full again
     */
    public record Standing(long perMinute, long remaining, long resetNanos) {}

    /**
     * Why a request may not go on now.
     *
     * @param requested units asked for
     * @param waitNanos until it could; meaningless when requested exceeds the limit
     */
    public record Refusal(Kind kind, Standing standing, long requested, long waitNanos) {}

    private final @Nullable Bucket requests;
    private final @Nullable Bucket tokens;
    private final LongSupplier nanos;

    RateLimits(long requestsPerMinute, long tokensPerMinute, LongSupplier nanos) {
        this.nanos = nanos;
        this.requests = requestsPerMinute == 0 ? null : new Bucket(requestsPerMinute, nanos.getAsLong());
        this.tokens = tokensPerMinute == 0 ? null : new Bucket(tokensPerMinute, nanos.getAsLong());
    }

    /** Takes one request and its tokens, or tells why not; a refused request uses up nothing. */
    public synchronized @Nullable Refusal take(long tokenCount) {
        var now = nanos.getAsLong();
        if (requests != null && !requests.has(1, now)) {
            return requests.refusal(Kind.REQUESTS, 1);
        }
        if (tokens != null && !tokens.has(tokenCount, now)) {
            return tokens.refusal(Kind.TOKENS, tokenCount);
        }
        if (requests != null) {
            requests.take(1);
        }
        if (tokens != null) {
            tokens.take(tokenCount);
        }
        return null;
    }

    /** How a limit stands now; null when there is none. */
    public synchronized @Nullable Standing standing(Kind kind) {
        var bucket = kind == Kind.REQUESTS ? requests : tokens;
        if (bucket == null) {
            return null;
        }
        bucket.refill(nanos.getAsLong());
        return bucket.standing();
    }
}
