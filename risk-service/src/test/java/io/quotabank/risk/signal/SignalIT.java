package io.quotabank.risk.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Opened;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.platform.id.Ids;
import io.quotabank.risk.Records;
import io.quotabank.risk.Risk;
import io.quotabank.risk.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Events in, findings out: once each, whatever comes twice, whoever restarts, however many listen. */
class SignalIT {

    private static final String DEAD = UsageEvent.TOPIC + ".dlt";

    private final UUID key = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();
    private UUID user = UUID.randomUUID();
    private Instant now = Instant.now().minus(Duration.ofMinutes(30));

    @Test
    void coolsAndFlagsAKeyThatFailsOnAndOnAndTellsItsOwnerWhy() {
        for (int i = 0; i < 4; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();
        for (int i = 0; i < 5; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        assertThat(Risk.shared().kinds(key, owner)).containsOnly("failing").hasSize(5);

        heard(Result.PROVIDER_ERROR, 500);

        var last = Risk.shared().findings(key, owner).getLast();
        assertThat(last.path("kind").asString()).isEqualTo("flagged");
        assertThat(last.path("sentence").asString()).contains("10 calls");
        assertThat(last.path("evidence").path("failures").asInt()).isEqualTo(10);
        assertThat(Risk.shared().findings(key, UUID.randomUUID())).isEmpty();
        await().until(() -> Risk.told(key).size() == 6);
        assertThat(Risk.told(key)).extracting(FindingRecord::kind).contains(Kind.FLAGGED);
        assertThat(Risk.told(key)).allSatisfy(told -> {
            assertThat(told.ownerId()).isEqualTo(owner);
            assertThat(told.toString()).doesNotContain(user.toString());
        });
        assertThat(Risk.told(key).stream()
                        .filter(told -> told.kind() == Kind.FLAGGED)
                        .map(FindingRecord::action))
                .containsExactly(Action.FLAG);
    }

    @Test
    void isHealedByASuccess() {
        for (int i = 0; i < 4; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        heard(Result.SERVED, 200);
        for (int i = 0; i < 4; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();

        heard(Result.PROVIDER_ERROR, 500);

        assertThat(Risk.shared().kinds(key, owner)).containsExactly("failing");
    }

    @Test
    void tellsOfAKeyThatIsSuddenlyNotAcceptedWithWhatItHadServed() {
        heard(Result.SERVED, 200);
        heard(Result.SERVED, 200);
        heard(Result.KEY_REFUSED, 401);

        var found = Risk.shared().findings(key, owner).getFirst();
        assertThat(found.path("kind").asString()).isEqualTo("invalid");
        assertThat(found.path("evidence").path("served").asInt()).isEqualTo(2);
        await().until(() -> Risk.told(key).stream().anyMatch(told -> told.action() == Action.VERIFY));
    }

    @Test
    void tellsAtOnceOfAKeyOnWhichNothingIsLeft() {
        heard(Result.KEY_REFUSED, 402);

        await().until(() -> Risk.told(key).stream().anyMatch(told -> told.action() == Action.DEPLETE));
    }

    @Test
    void countsEachRequestOnceHoweverOftenItsRecordComes() {
        var four = List.of(failed(), failed(), failed(), failed());
        for (int i = 0; i < 5; i++) {
            four.forEach(Topics::send);
        }
        await().until(() -> heardOf(four.getLast()));
        heard(Result.RATE_LIMITED, 429);
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();

        heard(Result.PROVIDER_ERROR, 500);

        assertThat(Risk.shared().kinds(key, owner)).containsExactly("failing");
    }

    @Test
    void goesOnCountingWhereItStoppedAndHearsWhatWasSentMeanwhile() {
        for (int i = 0; i < 3; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        Risk.stopShared();
        var fourth = failed();
        Topics.send(fourth);
        Risk.shared();
        await().until(() -> heardOf(fourth));
        assertThat(Risk.shared().kinds(key, owner)).isEmpty();

        heard(Result.PROVIDER_ERROR, 500);

        assertThat(Risk.shared().kinds(key, owner)).containsExactly("failing");
    }

    /** usage.v1 is keyed by user: calls of one key come to several consumers at once. */
    @Test
    void countsExactlyWhereTwoProcessesHearOfTheSameKeys() {
        var keys = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
        var sent = new ArrayList<Closed>();
        for (int i = 0; i < 300; i++) {
            var attempts = new ArrayList<>(keys);
            Collections.shuffle(attempts, new Random(i));
            sent.add(Topics.closed(
                    Topics.IDS.next(),
                    UUID.randomUUID(),
                    now.plusSeconds(i % 7),
                    attempts.stream()
                            .map(one -> Topics.attempt(one, owner, Result.SERVED, 200, new Credits(1)))
                            .toArray(UsageEvent.Attempt[]::new)));
        }
        try (var other = Risk.another(Map.of("quotabank.signal.consumers", "2"))) {
            assertThat(other.kinds(key, owner)).isEmpty();
            sent.forEach(Topics::send);
            sent.subList(0, 100).forEach(Topics::send);
            await().until(() -> sent.stream().allMatch(SignalIT::heardOf));
        }
        for (var one : keys) {
            var row = Risk.shared()
                    .jdbc()
                    .sql("SELECT served, used_micro FROM key_signal WHERE key_id = :key")
                    .param("key", one)
                    .query()
                    .singleRow();
            assertThat(row).containsEntry("served", 300L).containsEntry("used_micro", 300L);
        }
    }

    @Test
    void coolsAndFlagsAKeyOnceWhereTwoProcessesHearOfItsFailuresByTurns() {
        try (var other = Risk.another(Map.of())) {
            for (int i = 0; i < 10; i++) {
                user = UUID.randomUUID();
                heard(Result.PROVIDER_ERROR, 500);
            }
            assertThat(other.kinds(key, owner))
                    .containsExactly("failing", "failing", "failing", "failing", "failing", "flagged");
        }
    }

    @Test
    void forgivesAKeyThatSomebodyPutsBackToWork() {
        told(1, State.ACTIVE, null);
        for (int i = 0; i < 4; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        told(2, State.PAUSED, null);
        told(3, State.ACTIVE, null);
        await().until(() -> failures() == 0);
        for (int i = 0; i < 5; i++) {
            heard(Result.PROVIDER_ERROR, 500);
        }
        assertThat(Risk.shared().kinds(key, owner)).containsExactly("failing");

        told(4, State.ACTIVE, System.currentTimeMillis() + 60_000);
        told(2, State.PAUSED, null);
        await().until(() -> watched("cooling"));
        assertThat(failures()).isEqualTo(5);
        told(5, State.ACTIVE, null);

        await().until(() -> failures() == 0);
    }

    @Test
    void putsAsideWhatBreaksARuleAndHearsTheRest() {
        Risk.shared();
        int before = Records.raw(DEAD).size();
        var old = new Ids(Clock.offset(Clock.systemUTC(), Duration.ofDays(-100))).next();
        var opened = new Opened(Topics.IDS.next(), user, null, "chat", "gpt-4o-mini", true, Credits.ZERO, 1);
        var first = failed();
        var last = failed();

        Topics.send(first);
        Topics.usage(user, UsageEvent.OPENED_TYPE, new byte[] {'{'});
        Topics.usage(user, UsageEvent.CLOSED_TYPE, new byte[] {'{'});
        Topics.send(
                Topics.closed(old, user, now, Topics.attempt(key, owner, Result.PROVIDER_ERROR, 500, Credits.ZERO)));
        Topics.send(opened);
        Topics.send(last);

        await().until(() -> heardOf(first) && heardOf(last));
        await().until(() -> Records.raw(DEAD).size() == before + 3);
        assertThat(failures()).isEqualTo(2);
    }

    private void told(long version, State state, @Nullable Long coolingUntilMs) {
        Topics.send(Topics.key(key, owner, version, state, "api.openai.example", coolingUntilMs));
    }

    private boolean watched(String column) {
        return Risk.shared()
                .jdbc()
                .sql("SELECT " + column + " FROM watched_key WHERE id = :key")
                .param("key", key)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private int failures() {
        return Risk.shared()
                .jdbc()
                .sql("SELECT cardinality(failed_at) FROM key_signal WHERE key_id = :key")
                .param("key", key)
                .query(Integer.class)
                .optional()
                .orElse(-1);
    }

    private Closed failed() {
        return call(Result.PROVIDER_ERROR, 500);
    }

    /** One call, some time after the one before. */
    private Closed call(Result result, Integer status) {
        now = now.plusSeconds(20);
        return Topics.closed(Topics.IDS.next(), user, now, Topics.attempt(key, owner, result, status, Credits.ZERO));
    }

    private void heard(Result result, Integer status) {
        var call = call(result, status);
        Topics.send(call);
        await().until(() -> heardOf(call));
    }

    private static boolean heardOf(Closed closed) {
        return Risk.shared()
                .jdbc()
                .sql("SELECT EXISTS (SELECT FROM heard_request WHERE id = :id)")
                .param("id", closed.requestId())
                .query(Boolean.class)
                .single();
    }
}
