package io.quotabank.risk.burst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.Risk;
import io.quotabank.risk.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Many keys of one host failing at once are told of as the host's fault, and flag none of them. */
class BurstIT {

    private final String host = UUID.randomUUID() + ".example";
    private final UUID owner = UUID.randomUUID();
    private final List<UUID> keys = Stream.generate(UUID::randomUUID).limit(4).toList();
    private Instant now = Instant.now().minus(30, ChronoUnit.MINUTES);

    @BeforeEach
    void tellOfTheKeys() {
        Risk.shared();
        keys.forEach(key -> Topics.send(Topics.key(key, owner, 1, State.ACTIVE, host, null, true)));
        await().until(() -> keys.stream().allMatch(BurstIT::isWatched));
    }

    @Test
    void tellsAdministratorsOfAHostAtWhichManyKeysFailAndFlagsNone() {
        for (int i = 0; i < 12; i++) {
            for (var key : keys) {
                call(key, Result.PROVIDER_ERROR, 500);
            }
        }

        assertThat(bursts()).singleElement().satisfies(found -> {
            assertThat(found.path("keyId").isMissingNode()).isTrue();
            assertThat(found.path("ownerId").isMissingNode()).isTrue();
            assertThat(found.path("action").asString()).isEqualTo("none");
            assertThat(found.path("evidence").path("keysFailing").asInt()).isBetween(3, 4);
            assertThat(found.path("evidence").path("failures").asInt()).isGreaterThanOrEqualTo(10);
            assertThat(found.path("sentence").asString()).contains(host);
        });
        for (var key : keys) {
            assertThat(Risk.shared().kinds(key, owner)).doesNotContain("flagged");
        }
        assertThat(Risk.shared().get("/api/risk/findings?limit=100", owner).text())
                .doesNotContain("error_burst");
    }

    @Test
    void goesOnWhileTheHostIsAskedSeldomAndAnswersNothing() {
        for (int i = 0; i < 4; i++) {
            keys.forEach(key -> call(key, Result.PROVIDER_ERROR, 503));
        }
        for (int i = 0; i < 12; i++) {
            now = now.plusSeconds(54);
            call(keys.getFirst(), Result.PROVIDER_ERROR, 503);
        }

        assertThat(bursts()).isNotEmpty();
        assertThat(Risk.shared().kinds(keys.getFirst(), owner))
                .contains("failing")
                .doesNotContain("flagged");
    }

    /** Three keys at a server of one's own would be a way to fail for ever. */
    @Test
    void sparesNoKeyAtAnotherAddressThanItsProviders() {
        keys.forEach(key -> Topics.send(Topics.key(key, owner, 2, State.ACTIVE, host, null, false)));
        await().until(() -> keys.stream()
                .noneMatch(key ->
                        exists("SELECT EXISTS (SELECT FROM watched_key WHERE id = :id AND provider_address)", key)));
        for (int i = 0; i < 12; i++) {
            keys.forEach(key -> call(key, Result.PROVIDER_ERROR, 500));
        }

        assertThat(bursts()).isNotEmpty();
        assertThat(Risk.shared().kinds(keys.getFirst(), owner)).contains("flagged");
    }

    @Test
    void saysNothingOfTwoKeysThatFail() {
        for (int i = 0; i < 12; i++) {
            call(keys.get(0), Result.PROVIDER_ERROR, 500);
            call(keys.get(1), Result.PROVIDER_ERROR, 500);
        }

        assertThat(bursts()).isEmpty();
        assertThat(Risk.shared().kinds(keys.getFirst(), owner)).contains("flagged");
    }

    @Test
    void saysNothingWhereMostCallsAreServed() {
        for (int i = 0; i < 5; i++) {
            for (var key : keys) {
                call(key, Result.SERVED, 200);
                call(key, Result.SERVED, 200);
                call(key, Result.PROVIDER_ERROR, 500);
            }
        }

        assertThat(bursts()).isEmpty();
    }

    private List<JsonNode> bursts() {
        var page = Risk.shared()
                .get("/api/risk/findings?scope=all&kind=error_burst&limit=100", UUID.randomUUID(), "admin")
                .body();
        return StreamSupport.stream(page.path("findings").spliterator(), false)
                .filter(found -> found.path("host").asString().equals(host))
                .toList();
    }

    private void call(UUID key, Result result, int status) {
        now = now.plusSeconds(6);
        var attempt = Topics.attempt(key, owner, result, status, Credits.ZERO);
        var closed = Topics.closed(Topics.IDS.next(), UUID.randomUUID(), now, attempt);
        Topics.send(closed);
        await().until(() -> isHeardOf(closed));
    }

    private static boolean isWatched(UUID key) {
        return exists("SELECT EXISTS (SELECT FROM watched_key WHERE id = :id)", key);
    }

    private static boolean isHeardOf(Closed closed) {
        return exists("SELECT EXISTS (SELECT FROM heard_request WHERE id = :id)", closed.requestId());
    }

    private static boolean exists(String sql, UUID id) {
        return Risk.shared()
                .jdbc()
                .sql(sql)
                .param("id", id)
                .query(Boolean.class)
                .single();
    }
}
