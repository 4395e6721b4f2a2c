package io.quotabank.systemtests.stack;

import java.math.BigDecimal;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Signs people in as the local stack does, and makes new ones through Keycloak's administration API. */
public final class People {

    /** Somebody who signed up a moment ago. */
    public record Newcomer(UUID userId, String username, String password) {}

    private final Stack stack;

    public People(Stack stack) {
        this.stack = stack;
    }

    /** A bearer token of one of the demo accounts. */
    public String token(String name) {
        var person = stack.person(name);
        return token(person.username(), person.password());
    }

    public String token(String username, String password) {
        var client = stack.read().path("keycloak").path("client").asString("local-stack");
        return grant(stack.keycloakRealm(), byPassword(client, username, password));
    }

    /** A token of the application that the local stack comes with. */
    public String applicationToken() {
        var application = stack.read().path("demo").path("application");
        return grant(
                stack.keycloakRealm(),
                Map.of(
                        "grant_type", "client_credentials",
                        "client_id", application.path("clientId").asString(),
                        "client_secret", application.path("secret").asString()));
    }

    /** A token for a person as the local client gives them, but for its life, through a client of its own. */
    public String shortLivedToken(Stack.Person person, Duration life) {
        var name = "short-" + UUID.randomUUID();
        var audience = Map.of(
                "name", "audience",
                "protocol", "openid-connect",
                "protocolMapper", "oidc-audience-mapper",
                "config", Map.of("included.custom.audience", "quotabank", "access.token.claim", "true"));
        var client = Map.of(
                "clientId",
                name,
                "publicClient",
                true,
                "standardFlowEnabled",
                false,
                "directAccessGrantsEnabled",
                true,
                "defaultClientScopes",
                List.of("basic", "profile", "email", "roles"),
                "attributes",
                Map.of("access.token.lifespan", Long.toString(life.toSeconds())),
                "protocolMappers",
                List.of(audience));
        var clients = adminApi() + "/clients";
        var made = Http.post(clients, adminToken(), client);
        if (made.status() != 201) {
            throw new IllegalStateException("Keycloak made no client: " + made.body());
        }
        try {
            return grant(stack.keycloakRealm(), byPassword(name, person.username(), person.password()));
        } finally {
            Http.delete(String.valueOf(made.header("Location")), adminToken());
        }
    }

    /** A valid token of the same Keycloak that was not made for Quotabank. */
    public String foreignAudienceToken() {
        return adminToken();
    }

    public Newcomer signUp() {
        var name = "test-" + UUID.randomUUID();
        var password = UUID.randomUUID().toString();
        var created = Http.post(
                adminApi() + "/users",
                adminToken(),
                Map.of(
                        "username",
                        name,
                        "email",
                        name + "@example.com",
                        "emailVerified",
                        true,
                        "firstName",
                        "Test",
                        "lastName",
                        "Person",
                        "enabled",
                        true,
                        "credentials",
                        List.of(Map.of("type", "password", "value", password, "temporary", false))));
        if (created.status() != 201) {
            throw new IllegalStateException("Keycloak made no user: " + created.body());
        }
        var location = String.valueOf(created.header("Location"));
        return new Newcomer(UUID.fromString(location.substring(location.lastIndexOf('/') + 1)), name, password);
    }

    /** An access key of the person who holds the token. */
    public String accessKey(String token, String name) {
        var answer = Http.post(stack.gateway() + "/api/access-keys", token, Map.of("name", name));
        if (answer.status() != 201) {
            throw new IllegalStateException("no access key: " + answer.status() + " " + answer.body());
        }
        return answer.json().path("secret").asString();
    }

    /** Books credits as the administrator. */
    public void recharge(UUID userId, BigDecimal credits) {
        var answer = Http.post(
                stack.gateway() + "/api/credits/recharge",
                token("admin"),
                Map.of(
                        "user_id",
                        userId.toString(),
                        "amount",
                        1,
                        "credits",
                        credits,
                        "payment_method",
                        "wechat",
                        "order_id",
                        "test-" + UUID.randomUUID()));
        if (answer.status() != 200) {
            throw new IllegalStateException("no recharge: " + answer.status() + " " + answer.body());
        }
    }

    /** What the ledger's door tells of a person: credits and held, as decimals. */
    public JsonNode balance(UUID userId) {
        return Http.get(stack.gateway() + "/api/credits/balance/" + userId, token("admin"))
                .json();
    }

    private String adminApi() {
        var keycloak = stack.read().path("keycloak");
        return keycloak.path("url").asString() + "/admin/realms/"
                + keycloak.path("realm").asString();
    }

    private static Map<String, String> byPassword(String client, String username, String password) {
        return Map.of(
                "grant_type", "password",
                "client_id", client,
                "scope", "openid",
                "username", username,
                "password", password);
    }

    private String adminToken() {
        var keycloak = stack.read().path("keycloak");
        return grant(
                keycloak.path("url").asString() + "/realms/master",
                Map.of(
                        "grant_type",
                        "password",
                        "client_id",
                        "admin-cli",
                        "username",
                        keycloak.path("admin").path("username").asString(),
                        "password",
                        keycloak.path("admin").path("password").asString()));
    }

    private static String grant(String realm, Map<String, String> form) {
        var body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        var answer = Http.send(Http.request(realm + "/protocol/openid-connect/token", null)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
        if (answer.status() != 200) {
            throw new IllegalStateException("Keycloak gave no token: " + answer.body());
        }
        return answer.json().path("access_token").asString();
    }
}
