package io.quotabank.local.realm;

import io.quotabank.local.http.JsonHttp;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The realm's client for another application, which the realm file brings switched off: on, with this state's secret.
 *
 * @param admin address of the realm's administration
 * @param token an administrator's
 */
record DemoApplication(String admin, String token, String secret) {

    static final String CLIENT = "application";

    /**
     * Safe to repeat.
     *
     * @return the subject that its tokens carry
     */
    String prepare(String tokenSeconds) {
        var id = find().path("id").asString("");
        if (id.isEmpty()) {
            make();
            id = find().path("id").asString();
        }
        var client = admin + "/clients/" + id;
        JsonHttp.send(
                        "PUT",
                        client,
                        token,
                        Map.of(
                                "clientId",
                                CLIENT,
                                "enabled",
                                true,
                                "secret",
                                secret,
                                "attributes",
                                Map.of("access.token.lifespan", tokenSeconds)))
                .expect("giving the application its secret");
        var subject = JsonHttp.get(client + "/service-account-user", token)
                .expect("looking up the application's account")
                .body()
                .path("id")
                .asString();
        LocalRealm.role(admin, token, subject, "service");
        return subject;
    }

    private JsonNode find() {
        return JsonHttp.get(admin + "/clients?clientId=" + CLIENT, token)
                .expect("looking up the application")
                .body()
                .path(0);
    }

    // A state's realm may be older than the client.
    private void make() {
        JsonHttp.send(
                        "POST",
                        admin + "/clients",
                        token,
                        Map.of(
                                "clientId",
                                CLIENT,
                                "publicClient",
                                false,
                                "standardFlowEnabled",
                                false,
                                "serviceAccountsEnabled",
                                true,
                                "defaultClientScopes",
                                List.of("basic", "roles"),
                                "protocolMappers",
                                List.of(LocalRealm.audience())))
                .expect("making the application");
    }
}
