package io.quotabank.gateway.api;

import org.springframework.http.HttpHeaders;

/** What a browser is told about answers of {@code /api}: data, never a page, never kept. */
final class SecurityHeaders {

    static void add(HttpHeaders headers) {
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        headers.set("Cross-Origin-Resource-Policy", "same-site");
        headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private SecurityHeaders() {}
}
