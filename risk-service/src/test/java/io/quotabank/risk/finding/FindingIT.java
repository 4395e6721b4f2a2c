package io.quotabank.risk.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.Risk;
import io.quotabank.risk.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import tools.jackson.databind.JsonNode;

/** Who sees which findings, and how they are paged. */
class FindingIT {

    private static final String FINDINGS = "/api/risk/findings";

    private final UUID ann = UUID.randomUUID();
    private final UUID annsKey = UUID.randomUUID();
    private final UUID annsOtherKey = UUID.randomUUID();
    private final UUID user = UUID.randomUUID();

    @BeforeEach
    void findSomething() {
        refuse(annsKey, ann, 402);
        refuse(annsOtherKey, ann, 401);
        refuse(UUID.randomUUID(), UUID.randomUUID(), 402);
    }

    @Test
    void showsAnOwnerWhatWasFoundOfTheirOwnKeysOnlyAndNotWhoUsedThem() {
        var answer = Risk.shared().get(FINDINGS, ann);

        assertThat(answer.body().path("findings"))
                .hasSize(2)
                .allSatisfy(
                        found -> assertThat(found.path("ownerId").asString()).isEqualTo(ann.toString()));
        assertThat(answer.text()).doesNotContain(user.toString());
        assertThat(Risk.shared().get(FINDINGS, UUID.randomUUID()).body().path("findings"))
                .isEmpty();
        assertThat(Risk.shared()
                        .get(FINDINGS + "?keyId=" + annsKey, UUID.randomUUID())
                        .body()
                        .path("findings"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "auditor"})
    void showsEverybodysToThoseWhoMaySeeThem(String role) {
        var all = Risk.shared().get(FINDINGS + "?scope=all", UUID.randomUUID(), role);

        assertThat(all.status()).isEqualTo(200);
        assertThat(all.body().path("findings")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(Risk.shared().get(FINDINGS + "?scope=all", ann).status()).isEqualTo(403);
    }

    @Test
    void asksByKeyAndByKind() {
        var ofKey =
                Risk.shared().get(FINDINGS + "?keyId=" + annsKey, ann).body().path("findings");
        assertThat(ofKey).hasSize(1);
        assertThat(ofKey.path(0).path("kind").asString()).isEqualTo("exhausted");

        var invalid = Risk.shared().get(FINDINGS + "?kind=invalid", ann).body().path("findings");
        assertThat(invalid).hasSize(1);
        assertThat(invalid.path(0).path("keyId").asString()).isEqualTo(annsOtherKey.toString());
        assertThat(Risk.shared()
                        .get(FINDINGS + "?kind=invalid&keyId=" + annsKey, ann)
                        .body()
                        .path("findings"))
                .isEmpty();
    }

    @Test
    void pagesFromTheNewestOn() {
        for (int i = 0; i < 3; i++) {
            refuse(UUID.randomUUID(), ann, 403);
        }
        var seen = new ArrayList<String>();
        var path = FINDINGS + "?limit=2";
        for (var next = path; next != null; ) {
            var page = Risk.shared().get(next, ann).body();
            page.path("findings").forEach(found -> seen.add(found.path("id").asString()));
            next = after(page, path);
        }

        assertThat(seen).hasSize(5).doesNotHaveDuplicates();
        assertThat(seen.reversed()).isSorted();
    }

    private static String after(JsonNode page, String path) {
        return page.has("next") ? path + "&before=" + page.path("next").asString() : null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"?limit=0", "?limit=101", "?kind=bad", "?keyId=1", "?before=x", "?scope=mine"})
    void refusesAQuestionThatIsNone(String query) {
        assertThat(Risk.shared().get(FINDINGS + query, ann).status()).isEqualTo(400);
    }

    @Test
    void namesTheKindsThereAre() {
        assertThat(Risk.shared()
                        .get(FINDINGS + "?kind=bad", ann)
                        .body()
                        .path("detail")
                        .asString())
                .isEqualTo("kind 应为以下之一：failing, flagged, exhausted, invalid, refused, dilution, error_burst");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE finding SET sentence = 'nothing'",
                "DELETE FROM finding",
                "TRUNCATE finding",
                "DELETE FROM heard_request",
                "INSERT INTO partitioned VALUES ('x', 'date', false)"
            })
    void theServicesOwnRoleCannot(String statement) {
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> Risk.shared().jdbc().sql(statement).update())
                .havingRootCause()
                .withMessageContaining("permission denied");
    }

    private void refuse(UUID key, UUID owner, int status) {
        var attempt = Topics.attempt(key, owner, Result.KEY_REFUSED, status, Credits.ZERO);
        Topics.send(Topics.closed(Topics.IDS.next(), user, Instant.now(), attempt));
        await().until(() -> Risk.shared().kinds(key, owner).size() == 1);
    }
}
