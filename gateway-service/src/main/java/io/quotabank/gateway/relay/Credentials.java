package io.quotabank.gateway.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** What a request says of who is calling: {@code Authorization}, or the header by which Anthropic's clients do. */
final class Credentials {

    static final AsciiString API_KEY = AsciiString.cached("x-api-key");

    /** As the value of {@code Authorization}; null where nothing is said. */
    static @Nullable String of(HttpRequest request) {
        var told = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (told != null) {
            return told;
        }
        var key = request.headers().get(API_KEY);
        return key == null ? null : "Bearer " + key;
    }

    private Credentials() {}
}
