package io.quotabank.sandboxpay.http;

import java.util.Map;

/** An answer. */
public record Response(int status, Map<String, String> headers, String body) {

    public static Response json(int status, String body) {
        return new Response(status, Map.of("Content-Type", "application/json"), body);
    }

    public static Response text(int status, String body) {
        return new Response(status, Map.of("Content-Type", "text/plain;charset=utf-8"), body);
    }

    public static Response html(String body) {
        return new Response(200, Map.of("Content-Type", "text/html;charset=utf-8"), body);
    }
}
