package io.quotabank.local.realm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void bringsNobodyAndNoSecret() throws IOException {
        assertThat(realm.path("users").isMissingNode()).isTrue();
        assertThat(Files.readString(FILE)).doesNotContainIgnoringCase("secret\":", "credentials\":", "privateKey");
    }
}
