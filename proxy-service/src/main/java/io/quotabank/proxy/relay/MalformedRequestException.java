package io.quotabank.proxy.relay;

import org.jspecify.annotations.Nullable;

/** A request's body is not what the protocol says. The message is for its sender. */
final class MalformedRequestException extends Exception {

    private final @Nullable String param;

    /** @param param the member at fault; null where the whole body is */
    MalformedRequestException(String message, @Nullable String param) {
        super(message, null, false, false);
        this.param = param;
    }

    @Nullable
    String param() {
        return param;
    }
}
