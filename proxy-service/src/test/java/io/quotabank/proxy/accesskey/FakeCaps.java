package io.quotabank.proxy.accesskey;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.cap.LedgerCaps.Spent;
import io.quotabank.contracts.cap.LedgerCaps.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** The ledger as far as it tells what keys spent under their caps, over HTTP. */
final class FakeCaps {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<UUID, Spent> spent = new ConcurrentHashMap<>();
    private final HttpServer server;
    private volatile boolean away;

    FakeCaps() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        server.createContext("/internal/caps", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void spent(Spent told) {
        spent.put(told.accessKeyId(), told);
    }

    void away(boolean isAway) {
        away = isAway;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var wish = JSON.readValue(exchange.getRequestBody().readAllBytes(), Wish.class);
            var told = wish.accessKeyIds().stream()
                    .filter(spent::containsKey)
                    .map(spent::get)
                    .toList();
            var json = JSON.writeValueAsBytes(told);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(away ? 503 : 200, json.length);
            exchange.getResponseBody().write(json);
        }
    }
}
