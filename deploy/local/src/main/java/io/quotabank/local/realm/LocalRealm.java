package io.quotabank.local.realm;

import io.quotabank.local.http.JsonHttp;
import io.quotabank.local.part.Installed;
import io.quotabank.local.part.Installed.TemplateSecrets;
import io.quotabank.local.part.KeycloakServer;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.StateFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What the local stack adds to the imported realm, and no other installation has: three people with random passwords,
 * a client that gives tokens for a password, and an application that may sign in.
 */
public record LocalRealm(Installed installed, Secrets secrets) {

    public static final String CLIENT = "local-stack";
    public static final List<String> PEOPLE = List.of("buyer", "seller", "admin");

    /** The demo's application, under which {@link #prepare} tells its subject. */
    public static final String APPLICATION = DemoApplication.CLIENT;

    private static final String TOKEN_SECONDS = "3600";

    /** All that have a secret of their own. */
    public static Stream<String> names() {
        return Stream.concat(PEOPLE.stream(), Stream.of(APPLICATION));
    }

    /** A bearer token for a person of the realm, by password, through the local client. */
    public static String token(String keycloak, String username, String password) {
        var form = Map.of(
                "grant_type", "password",
                "client_id", CLIENT,
                "scope", "openid",
                "username", username,
                "password", password);
        return grant(keycloak, form, username);
    }

    /** A bearer token for the demo's application. */
    public static String applicationToken(String keycloak, String secret) {
        var form = Map.of("grant_type", "client_credentials", "client_id", APPLICATION, "client_secret", secret);
        return grant(keycloak, form, APPLICATION);
    }

    private static String grant(String keycloak, Map<String, String> form, String name) {
        return JsonHttp.form(keycloak + "/realms/" + KeycloakServer.REALM + "/protocol/openid-connect/token", form)
                .expect("asking a token for " + name)
                .body()
                .path("access_token")
                .asString();
    }

    /**
     * Adds what is missing; safe to repeat.
     *
     * @return people's ids by name, and the application's subject
     */
    public Map<String, String> prepare(KeycloakServer server) {
        var token = administrator(server);
        var admin = server.url() + "/admin/realms/" + KeycloakServer.REALM;
        client(admin, token);
        var ids = new LinkedHashMap<String, String>();
        for (var person : PEOPLE) {
            ids.put(person, person(admin, token, person));
        }
        var application = new DemoApplication(admin, token, secrets.person(APPLICATION));
        ids.put(APPLICATION, application.prepare(TOKEN_SECONDS));
        return ids;
    }

    // A copied template knows another password for its administrator: the first start replaces it.
    private String administrator(KeycloakServer server) {
        var ours = masterToken(server, secrets.keycloak());
        if (ours.isPresent()) {
            return ours.get();
        }
        var copied = StateFiles.readJson(installed.template().resolve(TemplateSecrets.FILE), TemplateSecrets.class)
                .flatMap(template -> masterToken(server, template.keycloak()))
                .orElseThrow(() -> new IllegalStateException("Keycloak's administrator has an unknown password"));
        var users = server.url() + "/admin/realms/master/users";
        var id = JsonHttp.get(users + "?exact=true&username=" + KeycloakServer.ADMINISTRATOR, copied)
                .expect("looking up the administrator")
                .body()
                .path(0)
                .path("id")
                .asString();
        JsonHttp.send("PUT", users + "/" + id + "/reset-password", copied, password(secrets.keycloak()))
                .expect("setting the administrator's password");
        return masterToken(server, secrets.keycloak()).orElseThrow();
    }

    private static Optional<String> masterToken(KeycloakServer server, String password) {
        var form = Map.of(
                "grant_type",
                "password",
                "client_id",
                "admin-cli",
                "username",
                KeycloakServer.ADMINISTRATOR,
                "password",
                password);
        var answer = JsonHttp.form(server.url() + "/realms/master/protocol/openid-connect/token", form);
        return answer.ok() ? Optional.of(answer.body().path("access_token").asString()) : Optional.empty();
    }

    private static void client(String admin, String token) {
        var found = JsonHttp.get(admin + "/clients?clientId=" + CLIENT, token)
                .expect("looking up the local client")
                .body();
        if (!found.isEmpty()) {
            return;
        }
        JsonHttp.send(
                        "POST",
                        admin + "/clients",
                        token,
                        Map.of(
                                "clientId",
                                CLIENT,
                                "name",
                                "Local stack: tokens for a password, on one's own machine only",
                                "publicClient",
                                true,
                                "standardFlowEnabled",
                                false,
                                "directAccessGrantsEnabled",
                                true,
                                "defaultClientScopes",
                                List.of("basic", "profile", "email", "roles"),
                                "attributes",
                                Map.of("access.token.lifespan", TOKEN_SECONDS),
                                "protocolMappers",
                                List.of(audience())))
                .expect("making the local client");
    }

    static Map<String, Object> audience() {
        return Map.of(
                "name", "audience quotabank",
                "protocol", "openid-connect",
                "protocolMapper", "oidc-audience-mapper",
                "config", Map.of("included.custom.audience", "quotabank", "access.token.claim", "true"));
    }

    static void role(String admin, String token, String user, String name) {
        var role = Objects.requireNonNull(JsonHttp.get(admin + "/roles/" + name, token)
                .expect("looking up the role " + name)
                .body());
        JsonHttp.send("POST", admin + "/users/" + user + "/role-mappings/realm", token, List.of(role))
                .expect("giving the role " + name);
    }

    private String person(String admin, String token, String name) {
        var existing = find(admin, token, name);
        if (existing.isPresent()) {
            return existing.get();
        }
        JsonHttp.send(
                        "POST",
                        admin + "/users",
                        token,
                        Map.of(
                                "username",
                                name,
                                "enabled",
                                true,
                                "email",
                                name + "@quotabank.localhost",
                                "emailVerified",
                                true,
                                "firstName",
                                "Demo",
                                "lastName",
                                name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
                                "credentials",
                                List.of(password(secrets.person(name)))))
                .expect("making " + name);
        var id = find(admin, token, name).orElseThrow();
        if (name.equals("admin")) {
            role(admin, token, id, "admin");
        }
        return id;
    }

    private static Optional<String> find(String admin, String token, String name) {
        JsonNode found = JsonHttp.get(admin + "/users?exact=true&username=" + name, token)
                .expect("looking up " + name)
                .body();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.path(0).path("id").asString());
    }

    private static Map<String, Object> password(String value) {
        return Map.of("type", "password", "value", value, "temporary", false);
    }
}
