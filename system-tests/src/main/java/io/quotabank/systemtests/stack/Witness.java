package io.quotabank.systemtests.stack;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Sees each call that is made here with its answer. */
@FunctionalInterface
public interface Witness {

    /**
     * One call.
     *
     * @param request its body as text; null where it had none, or none that is JSON
     * @param contentType of the answer as it was sent, empty where none was
     * @param answer its body as text; of a stream that was left or broke, what had come of it
     */
    record Exchange(String method, URI uri, @Nullable String request, int status, String contentType, String answer) {}

    void saw(Exchange exchange);
}
