package io.quotabank.proxy.body;

import org.jspecify.annotations.Nullable;

/** A request's body is not what the protocol says. The message is for its sender. */
public final class MalformedRequestException extends Exception {

    private final @Nullable String param;

    /** @param param the member at fault; null where the whole body is */
    public MalformedRequestException(String message, @Nullable String param) {
        super(message, null, false, false);
        this.param = param;
    }

    @Nullable
    public String param() {
        return param;
    }
}
