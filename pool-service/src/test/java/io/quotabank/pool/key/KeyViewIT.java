package io.quotabank.pool.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Who sees what of a key. */
@PoolTest
class KeyViewIT {

    @LocalServerPort
    private int port;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/pool/keys?limit=101",
                "/api/pool/keys?limit=x",
                "/api/pool/keys?before=x",
                "/api/pool/keys?state=gone",
                "/api/pool/keys/x",
                "/api/pool/keys/{id}/audit?before=1",
                "/api/pool/keys/{id}/figures?from=2026-02-30",
                "/api/pool/keys/{id}/figures?from=%2B999999999-12-31",
                "/api/pool/keys/{id}/figures?from=2020-01-01",
                "/api/pool/keys/{id}/figures?from=2026-02-02&to=2026-02-01",
                "/api/catalog/prices?at=yesterday",
                "/api/catalog/prices?at=-1000000000-01-01T00:00:00Z",
                "/api/catalog/prices?at=%2B1000000000-12-31T00:00:00Z"
            })
    void refusesAQuestionThatIsNone(String path) {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);

        assertThat(ann.get(path.replace("{id}", id.toString())).status()).isEqualTo(400);
    }

    @Test
    void isNotThereForOthers() {
        var id = new Depositor(new Person(port)).key(null);
        var bob = new Person(port);

        assertThat(bob.get(path(id)).status()).isEqualTo(404);
        assertThat(bob.get(path(id) + "/audit").status()).isEqualTo(404);
        assertThat(bob.get(path(id) + "/figures").status()).isEqualTo(404);
        assertThat(bob.patch(path(id), "{\"limits\": {}}").status()).isEqualTo(404);
        for (var verb : List.of("pause", "resume", "withdraw")) {
            assertThat(bob.post(path(id) + "/" + verb, "{}").status()).isEqualTo(404);
        }
        assertThat(bob.get("/api/pool/keys?scope=all").status()).isEqualTo(403);
    }

    @Test
    void isSeenByAdministratorsAndAuditorsAndChangedByTheFormer() {
        var ann = new Person(port);
        var id = new Depositor(ann).key(null);
        var admin = new Person(port, "admin");
        var auditor = new Person(port, "auditor");

        assertThat(admin.get("/api/pool/keys?scope=all&limit=100")
                        .body()
                        .path("keys")
                        .findValuesAsString("id"))
                .contains(id.toString());
        assertThat(auditor.get(path(id)).status()).isEqualTo(200);
        assertThat(auditor.post(path(id) + "/pause", "{}").status()).isEqualTo(403);
        assertThat(admin.post(path(id) + "/pause", "{\"reason\": \"looked at\"}")
                        .body()
                        .path("pausedByPlatform")
                        .asBoolean())
                .isTrue();
        assertThat(ann.post(path(id) + "/resume", "{}").code()).isEqualTo("key_state_conflict");
        assertThat(admin.post(path(id) + "/resume", "{}").body().path("state").asString())
                .isEqualTo("active");
    }

    @Test
    void listsKeysPageByPage() {
        var ann = new Person(port);
        var depositor = new Depositor(ann);
        var ids = IntStream.range(0, 5)
                .mapToObj(i -> depositor.key(null).toString())
                .toList();

        var first = ann.get("/api/pool/keys?limit=3").body();
        var second = ann.get(
                        "/api/pool/keys?limit=3&before=" + first.path("next").asString())
                .body();

        assertThat(first.path("keys").findValuesAsString("id")).containsExactly(ids.get(4), ids.get(3), ids.get(2));
        assertThat(second.path("keys").findValuesAsString("id")).containsExactly(ids.get(1), ids.get(0));
        assertThat(second.path("next").isMissingNode()).isTrue();
        assertThat(ann.get("/api/pool/keys?limit=0").status()).isEqualTo(400);
        assertThat(ann.get("/api/pool/keys?state=paused").body().path("keys")).isEmpty();
    }

    @Test
    void neverShowsMoreThanTheLastFourCharacters() {
        var ann = new Person(port);
        var secret = Depositor.secret();
        var id = new Depositor(ann).key(secret, null);

        var shown = ann.get(path(id)).raw().body()
                + ann.get(path(id) + "/audit").raw().body();

        assertThat(shown)
                .doesNotContain(secret.substring(0, secret.length() - 4))
                .doesNotContain("sealed");
        assertThat(ann.get(path(id)).body().path("lastFour").asString())
                .isEqualTo(secret.substring(secret.length() - 4));
    }

    private static String path(UUID id) {
        return "/api/pool/keys/" + id;
    }
}
