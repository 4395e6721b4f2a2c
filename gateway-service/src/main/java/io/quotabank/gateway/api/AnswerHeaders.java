package io.quotabank.gateway.api;

import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * What the gateway has said about an answer stands: services say much of the same, for they may be called from elsewhere,
 * and each header would be there twice.
 */
@Component
class AnswerHeaders implements HttpHeadersFilter {

    @Override
    public HttpHeaders filter(HttpHeaders fromService, ServerWebExchange exchange) {
        var said = exchange.getResponse().getHeaders();
        var headers = new HttpHeaders();
        fromService.forEach((name, values) -> {
            // What the service names in Vary comes to what CORS names here.
            if (!said.containsHeader(name) || name.equalsIgnoreCase(HttpHeaders.VARY)) {
                headers.put(name, values);
            }
        });
        return headers;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }
}
