package io.quotabank.local.realm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RealmFileTests {

    private static final Path FILE = Path.of("../keycloak/quotabank-realm.json");

    private final JsonNode realm = StateFiles.readJson(FILE, JsonNode.class).orElseThrow();

    @Test
    void bringsRolesAndAPublicConsoleForTheRightAudience() {
        assertThat(StreamSupport.stream(realm.path("roles").path("realm").spliterator(), false)
                        .map(role -> role.path("name").asString()))
                .contains("user", "admin", "auditor", "service");
        var console = realm.path("clients").path(0);
        assertThat(console.path("clientId").asString()).isEqualTo("console");
        assertThat(console.path("publicClient").asBoolean()).isTrue();
        assertThat(console.path("directAccessGrantsEnabled").asBoolean()).isFalse();
        assertThat(console.path("attributes").path("pkce.code.challenge.method").asString())
                .isEqualTo("S256");
        assertThat(console.path("protocolMappers")
                        .path(0)
                        .path("config")
                        .path("included.custom.audience")
                        .asString())
                .isEqualTo("quotabank");
    }

    @Test
    void bringsAClientForOtherApplicationsThatNobodyCanUseYet() {
        var application = realm.path("clients").path(1);
        assertThat(application.path("clientId").asString()).isEqualTo("application");
        assertThat(application.path("enabled").asBoolean()).isFalse();
        assertThat(application.path("serviceAccountsEnabled").asBoolean()).isTrue();
        for (var other : List.of("publicClient", "standardFlowEnabled", "directAccessGrantsEnabled")) {
            assertThat(application.path(other).asBoolean()).as(other).isFalse();
        }
        assertThat(application.path("protocolMappers"))
                .isEqualTo(realm.path("clients").path(0).path("protocolMappers"));
        var account = realm.path("users").path(0);
        assertThat(account.path("serviceAccountClientId").asString()).isEqualTo("application");
        assertThat(account.path("realmRoles").toString()).isEqualTo("[\"service\"]");
    }

    @Test
    void bringsNoPersonAndNoSecret() throws IOException {
        assertThat(realm.path("users")).allMatch(user -> user.hasNonNull("serviceAccountClientId"));
        assertThat(Files.readString(FILE)).doesNotContainIgnoringCase("secret\":", "credentials\":", "privateKey");
    }
}
