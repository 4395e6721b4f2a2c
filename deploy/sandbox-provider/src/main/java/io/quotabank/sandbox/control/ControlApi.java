package io.quotabank.sandbox.control;

import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.http.Exchange;
import io.quotabank.sandbox.http.Head;
import io.quotabank.sandbox.http.HttpServer;
import io.quotabank.sandbox.key.ApiKey;
import io.quotabank.sandbox.key.ApiKeys;
import io.quotabank.sandbox.served.Served;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The control API's addresses. It asks for no credentials: it is meant to listen where only tests reach it. */
public final class ControlApi implements HttpServer.Handler {

    private static final String KEYS = "/control/keys/";
    private static final String SPEND = "/spend";
    private static final String JSON = "application/json";

    private record Answer(int status, String json) {}

    private final ApiKeys keys;
    private final Faults faults;
    private final Served served;

    public ControlApi(ApiKeys keys, Faults faults, Served served) {
        this.keys = keys;
        this.faults = faults;
        this.served = served;
    }

    @Override
    public void handle(Exchange exchange) {
        var path = exchange.path();
        try {
            if (path.equals("/control/served") && exchange.method().equals("GET")) {
                report(exchange);
                return;
            }
            var answer = path.startsWith(KEYS) ? key(exchange, path.substring(KEYS.length())) : other(exchange, path);
            exchange.answer(Head.of(answer.status(), JSON), answer.json());
        } catch (IllegalArgumentException e) {
            refuse(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void refuse(Exchange exchange, int status, String sentence) {
        exchange.answer(Head.of(status, JSON), error(status, sentence).json());
    }

    private static Answer error(int status, String sentence) {
        return new Answer(status, "{\"error\":" + ServedReport.quoted(sentence) + "}");
    }

    private Answer key(Exchange exchange, String rest) {
        if (rest.endsWith(SPEND)) {
            var name = rest.substring(0, rest.length() - SPEND.length());
            return exchange.method().equals("POST") ? spend(exchange, name) : notHere("POST");
        }
        return switch (exchange.method()) {
            case "PUT" -> new Answer(200, describe(keys.put(rest, Commands.settings(exchange.body()))));
            case "GET" -> {
                var key = keys.find(rest);
                yield key == null ? unknown() : new Answer(200, describe(key));
            }
            default -> notHere("PUT or GET");
        };
    }

    private Answer spend(Exchange exchange, String name) {
        var usd = Commands.spending(exchange.body());
        var key = keys.find(name);
        if (key == null) {
            return unknown();
        }
        if (key.balanceUsd() == null) {
            return error(409, "This key has no balance, so nothing can be spent of it.");
        }
        key.spend(usd);
        return new Answer(200, describe(key));
    }

    private Answer other(Exchange exchange, String path) {
        return switch (path) {
            case "/control/faults" -> faults(exchange);
            case "/control/health" ->
                exchange.method().equals("GET") ? new Answer(200, "{\"status\":\"UP\"}") : notHere("GET");
            case "/control/served" -> notHere("GET");
            default -> error(404, "There is nothing at this address.");
        };
    }

    private Answer faults(Exchange exchange) {
        return switch (exchange.method()) {
            case "POST" -> {
                faults.plant(Commands.plan(exchange.body()));
                yield new Answer(201, "{\"planted\":true}");
            }
            case "DELETE" -> new Answer(200, "{\"removed\":" + faults.clear() + "}");
            default -> notHere("POST or DELETE");
        };
    }

    private void report(Exchange exchange) {
        var report = new ServedReport(served, exchange.query("apiKey"), since(exchange.query("since")));
        exchange.stream(Head.of(200, JSON), report);
    }

    private static long since(@Nullable String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'since' is a time in milliseconds since 1970.", e);
        }
    }

    private static Answer unknown() {
        return error(404, "There is no such key.");
    }

    private static Answer notHere(String methods) {
        return error(405, "This address takes " + methods + ".");
    }

    private static String describe(ApiKey key) {
        var settings = key.settings();
        var models = settings.models().stream().map(ServedReport::quoted).collect(Collectors.joining(","));
        var balance = key.balanceUsd();
        return "{\"apiKey\":" + ServedReport.quoted(key.text()) + ",\"models\":[" + models + "],\"balanceUsd\":"
                + (balance == null ? "null" : balance.stripTrailingZeros().toPlainString()) + ",\"requestsPerMinute\":"
                + settings.requestsPerMinute() + ",\"tokensPerMinute\":" + settings.tokensPerMinute()
                + ",\"tokensPerSecond\":" + settings.tokensPerSecond() + "}";
    }
}
