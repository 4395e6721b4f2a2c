package io.quotabank.proxy.usagelog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.charge.LedgerCharges.Charge;
import io.quotabank.contracts.charge.LedgerCharges.Wish;
import io.quotabank.contracts.money.Credits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** The ledger as far as it tells charges, over HTTP. */
final class FakeCharges {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<UUID, Credits> charges = new ConcurrentHashMap<>();
    private final HttpServer server;
    private volatile boolean away;

    FakeCharges() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        server.createContext("/internal/charges", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void charge(UUID request, long micro) {
        charges.put(request, new Credits(micro));
    }

    void goAway() {
        away = true;
    }

    void comeBack() {
        away = false;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var wish = JSON.readValue(exchange.getRequestBody().readAllBytes(), Wish.class);
            var told = wish.requestIds().stream()
                    .filter(charges::containsKey)
                    .map(id -> new Charge(id, charges.get(id)))
                    .toList();
            var json = JSON.writeValueAsBytes(told);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(away ? 503 : 200, json.length);
            exchange.getResponseBody().write(json);
        }
    }
}
