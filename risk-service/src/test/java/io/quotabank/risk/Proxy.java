package io.quotabank.risk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.verification.KeyBalances.Answer;
import io.quotabank.contracts.verification.KeyBalances.Question;
import io.quotabank.contracts.verification.KeyBalances.Told;
import io.quotabank.platform.identity.InvalidTokenException;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** In proxy-service's place: tells what is said to be left on keys, and takes questions from risk-service alone. */
public final class Proxy {

    private static final Proxy INSTANCE = new Proxy();

    private final JsonMapper json = new JsonMapper();
    private final Map<UUID, BigDecimal> balances = new ConcurrentHashMap<>();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    public static Proxy get() {
        return INSTANCE;
    }

    private Proxy() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/internal/key-balances", this::answer);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on the provider tells so much, in US dollars. */
    public void say(UUID key, String usd) {
        balances.put(key, new BigDecimal(usd));
    }

    public void sayNothing(UUID key) {
        balances.remove(key);
    }

    public long questions(UUID key) {
        return questions.stream()
                .filter(question -> question.keyId().equals(key))
                .count();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!fromRisk(exchange)) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            var question = json.readValue(exchange.getRequestBody().readAllBytes(), Question.class);
            questions.add(question);
            var usd = balances.get(question.keyId());
            var body = json.writeValueAsBytes(new Answer(usd == null ? Told.NO_BALANCE : Told.BALANCE, usd));
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static boolean fromRisk(HttpExchange exchange) {
        try {
            var token = exchange.getRequestHeaders().getFirst("authorization").substring("Bearer ".length());
            return TestIdentity.of("proxy-service").verify(token).subject().equals("service:risk-service");
        } catch (InvalidTokenException forged) {
            return false;
        }
    }
}
