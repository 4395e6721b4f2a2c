package io.quotabank.gateway.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Callers without credentials: they may ask which models there are, each address and all of them together so often. */
@Component
class Passersby {

    static final int WINDOW_S = 60;

    private static final int ADDRESSES = 10_000;
    // One that changes its address as it likes is not worth more than so many.
    private static final int ADDRESSES_AT_THE_MOST = 50;
    private static final String EVERYBODY = "";
    private static final String MODELS = "/v1/models";

    private final int eachPerWindow;
    private final Cache<String, AtomicInteger> asked = Caffeine.newBuilder()
            .maximumSize(ADDRESSES)
            .expireAfterWrite(Duration.ofSeconds(WINDOW_S))
            .build();

    Passersby(RelayProperties properties) {
        this.eachPerWindow = properties.publicModels();
    }

    /** True for what anybody may read. */
    boolean welcome(HttpRequest request, String uri) {
        return eachPerWindow > 0
                && (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD))
                && uri.startsWith(MODELS)
                && (uri.length() == MODELS.length() || "/?".indexOf(uri.charAt(MODELS.length())) >= 0);
    }

    boolean mayAsk(String address) {
        return next(address) <= eachPerWindow && next(EVERYBODY) <= (long) eachPerWindow * ADDRESSES_AT_THE_MOST;
    }

    private int next(String who) {
        return asked.get(who, first -> new AtomicInteger()).incrementAndGet();
    }
}
