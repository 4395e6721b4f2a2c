package io.quotabank.systemtests.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Deposits keys of the sandbox provider, as a person with quota to sell does. */
public final class Seller {

    /** A deposited key. */
    public record Deposit(UUID keyId, String status, String location) {}

    private final Stack stack;
    private final String token;

    public Seller(Stack stack, String token) {
        this.stack = stack;
        this.token = token;
    }

    public Http.Answer post(String apiKey, List<String> models, @Nullable String baseUrl) {
        var body = new LinkedHashMap<String, Object>();
        body.put("provider", provider(models.getFirst()));
        body.put("apiKey", apiKey);
        body.put("models", models);
        body.put("mode", "consignment");
        body.put("baseUrl", baseUrl == null ? stack.sandbox() + "/v1" : baseUrl);
        return Http.post(stack.gateway() + "/api/pool/deposits", token, body);
    }

    /** Deposits and waits until the key serves or was refused. */
    public Deposit deposit(String apiKey, List<String> models) throws InterruptedException {
        return deposit(apiKey, models, stack.sandbox() + "/v1");
    }

    public Deposit deposit(String apiKey, List<String> models, String baseUrl) throws InterruptedException {
        var answer = post(apiKey, models, baseUrl);
        if (answer.status() != 202) {
            throw new IllegalStateException("deposit: " + answer.status() + " " + answer.body());
        }
        return decided(String.valueOf(answer.header("Location")));
    }

    /** Waits until a deposit is decided. */
    public Deposit decided(String location) throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            var status = status(location);
            var state = status.path("status").asString();
            if (!state.equals("verifying") && !state.equals("received")) {
                return new Deposit(UUID.fromString(status.path("keyId").asString()), state, location);
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("still verifying after 30 s: " + location);
    }

    public JsonNode status(String location) {
        return Http.get(location.startsWith("http") ? location : stack.gateway() + location, token)
                .json();
    }

    public Http.Answer change(UUID keyId, String verb) {
        return Http.post(stack.gateway() + "/api/pool/keys/" + keyId + "/" + verb, token, "{}");
    }

    private static String provider(String model) {
        return switch (model) {
            case "deepseek-chat" -> "deepseek";
            case "qwen-plus" -> "dashscope";
            case "glm-4.5" -> "zhipu";
            case "kimi-k2" -> "moonshot";
            default -> "openai";
        };
    }
}
