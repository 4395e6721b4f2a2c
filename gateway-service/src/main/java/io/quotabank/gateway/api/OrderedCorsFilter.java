package io.quotabank.gateway.api;

import org.springframework.core.Ordered;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsWebFilter;

/** Answers a browser's question in advance, which carries no credentials, before anyone asks for them. */
final class OrderedCorsFilter extends CorsWebFilter implements Ordered {

    static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    OrderedCorsFilter(CorsConfigurationSource source) {
        super(source);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }
}
