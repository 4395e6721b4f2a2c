package io.quotabank.local.demo;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.http.JsonHttp;
import io.quotabank.local.http.JsonHttp.Answer;
import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.Secrets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Calls the gateway as one of the demo's people. */
final class DemoAccess {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(150);
    private static final Set<String> UNDECIDED = Set.of("received", "verifying");
    private static final int CONFLICT = 409;

    private final String gateway;
    private final String keycloak;
    private final Secrets secrets;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    DemoAccess(String gateway, String keycloak, Secrets secrets) {
        this.gateway = gateway;
        this.keycloak = keycloak;
        this.secrets = secrets;
    }

    JsonNode get(String person, String path) {
        return patiently(path, () -> JsonHttp.get(gateway + path, token(person)))
                .body();
    }

    JsonNode send(String person, String path, Object body) {
        return patiently(path, () -> JsonHttp.send("POST", gateway + path, token(person), body))
                .body();
    }

    /**
     * Deposits a key as the seller and waits until it serves.
     *
     * @return the key's id
     */
    String deposit(String apiKey, String model, String baseUrl) {
        var body = Map.of(
                "provider",
                "openai",
                "apiKey",
                apiKey,
                "models",
                List.of(model),
                "mode",
                "consignment",
                "baseUrl",
                baseUrl);
        var answer = patiently(
                "/api/pool/deposits",
                () -> JsonHttp.send("POST", gateway + "/api/pool/deposits", token("seller"), body));
        var location = String.valueOf(answer.location());
        var url = location.startsWith("http") ? location : gateway + location;
        var deadline = System.nanoTime() + LIMIT.toNanos();
        var status = JsonHttp.get(url, token("seller")).body();
        while (UNDECIDED.contains(status.path("status").asString("received"))) {
            pause(deadline, "The demo's key was not verified");
            status = JsonHttp.get(url, token("seller")).body();
        }
        if (!status.path("status").asString("").equals("active")) {
            throw new LocalFailure("The demo's key was refused: " + status + "; see ./quotabank logs pool-service.");
        }
        return status.path("keyId").asString();
    }

    /** Pauses, resumes or withdraws a key; that it is in that state already is fine. */
    void change(String keyId, String verb) {
        var answer = patiently(
                verb,
                () -> JsonHttp.send(
                        "POST", gateway + "/api/pool/keys/" + keyId + "/" + verb, token("seller"), Map.of()));
        if (!answer.ok() && answer.status() != CONFLICT) {
            throw new LocalFailure("The demo's key did not " + verb + ": " + answer.status() + " " + answer.body());
        }
    }

    // Everything here may be repeated: what is unavailable for a moment after the start is asked again.
    private static Answer patiently(String what, Supplier<Answer> call) {
        var deadline = System.nanoTime() + LIMIT.toNanos();
        var answer = call.get();
        while (answer.status() == 0 || answer.status() >= 500) {
            pause(deadline, "The demo's call of " + what + " was answered with " + answer.status());
            answer = call.get();
        }
        if (!answer.ok() && answer.status() != CONFLICT) {
            throw new LocalFailure("The demo's call of " + what + " was answered with " + answer.status() + " "
                    + answer.body() + "; see ./quotabank logs.");
        }
        return answer;
    }

    private static void pause(long deadline, String what) {
        if (System.nanoTime() > deadline) {
            throw new LocalFailure(what + " for " + LIMIT.toSeconds() + " seconds; see ./quotabank logs.");
        }
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("The start was interrupted; ./quotabank up tries again.");
        }
    }

    private String token(String person) {
        return tokens.computeIfAbsent(person, name -> LocalRealm.token(keycloak, name, secrets.person(name)));
    }
}
