package io.quotabank.proxy.routing;

import static io.quotabank.proxy.routing.RoutingStage.changed;
import static io.quotabank.proxy.routing.RoutingStage.end;
import static io.quotabank.proxy.routing.RoutingStage.key;
import static io.quotabank.proxy.routing.RoutingStage.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which of the keys that are there is chosen. */
class RoutingTests {

    // 1,000 tokens of output at 15 dollars a million.
    private static final Credits WORTH_1000_TOKENS = new Credits(1_500_000);

    private final RoutingStage stage = new RoutingStage();

    @Test
    void knowsNoKeyForAModelThatNoneServes() {
        stage.put(key());

        assertThat(stage.routing.choose(new Wanted(TestCatalog.priced("other"), 1, 1)))
                .isInstanceOf(Choice.Unserved.class);
        assertThat(stage.routing.serves("m")).isTrue();
        assertThat(stage.routing.serves("other")).isFalse();
    }

    @Test
    void dropsARecordThatIsNotNewer() {
        var key = key();
        stage.put(key, TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE), key);

        assertThat(stage.chosen()).isNull();
    }

    @Test
    void choosesOnlyActiveAndLowKeys() {
        for (var state : State.values()) {
            var fresh = stage.another();
            var key = key();
            TestRouting.put(fresh, TestRouting.changed(key, Kind.CONSIGNMENT, state, null, Limits.NONE));

            boolean routable = state == State.ACTIVE || state == State.LOW;
            assertThat(fresh.choose(wanted()) instanceof Choice.Chosen).isEqualTo(routable);
        }
    }

    @Test
    void stopsAWithdrawnKeyBeforeTheNextRanking() {
        var key = key();
        stage.put(key);

        stage.routing.put(TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE));

        assertThat(stage.chosen()).isNull();
    }

    @Test
    void wantsAThousandTokensWorthOfQuotaLeft() {
        var key = key();
        stage.put(changed(key, new Credits(WORTH_1000_TOKENS.micro() - 1)));
        assertThat(stage.chosen()).isNull();

        var enough = key();
        stage.put(changed(enough, WORTH_1000_TOKENS));
        assertThat(stage.chosen()).isEqualTo(enough.keyId());
    }

    @Test
    void wantsAThousandTokensOfInputWhereAModelPutsOutNone() {
        var embeddings = new Wanted(TestCatalog.priced(TestCatalog.embedding("m")), 10, 0);
        stage.put(changed(key(), new Credits(1_999_999)));
        assertThat(stage.routing.choose(embeddings)).isInstanceOf(Choice.Nothing.class);

        stage.put(changed(key(), new Credits(2_000_000)));
        assertThat(stage.routing.choose(embeddings)).isInstanceOf(Choice.Chosen.class);
    }

    @Test
    void subtractsWhatWasSpentHereSinceTheRecord() {
        var key = changed(key(), Credits.of(10));
        stage.put(key);
        end(stage.pick(), Result.SERVED, Credits.of(9));

        assertThat(stage.chosen()).isNull();
    }

    @Test
    void trustsANewerRecordButForWhatItsWriterCantHaveCounted() {
        var key = changed(key(), Credits.of(10));
        stage.put(key);
        end(stage.pick(), Result.SERVED, Credits.of(9));

        // At once the pool can't have counted it; later it has.
        stage.put(changed(key, Credits.of(10)));
        assertThat(stage.chosen()).isNull();
        stage.nowMs.addAndGet(5_000);
        stage.put(changed(changed(key, Credits.of(10)), Credits.of(10)));
        assertThat(stage.chosen()).isEqualTo(key.keyId());
    }

    @Test
    void usesAFallbackKeyOnlyWhereNothingElseCanByPriority() {
        var usual = key();
        var first = fallback(1);
        var second = fallback(2);
        stage.put(second, first, usual);

        assertThat(stage.pick().key().keyId()).isEqualTo(usual.keyId());
        var wanted = wanted();
        wanted.keyFailed(stage.pick());
        var next = stage.pick(wanted);
        assertThat(next.key().keyId()).isEqualTo(first.keyId());
        wanted.keyFailed(next);
        assertThat(stage.pick(wanted).key().keyId()).isEqualTo(second.keyId());
    }

    @Test
    void sharesTheLoadAmongEqualKeys() {
        var keys = new PoolKeyRecord[10];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key();
        }
        stage.put(keys);
        var uses = new HashMap<UUID, Integer>();
        for (int i = 0; i < 5_000; i++) {
            var pick = stage.pick();
            uses.merge(pick.key().keyId(), 1, Integer::sum);
            pick.unused();
        }

        assertThat(uses).hasSize(10);
        assertThat(uses.values()).allMatch(count -> count > 350 && count < 650);
    }

    @Test
    void prefersPeoplesKeysToThePlatformsOwn() {
        var own = TestRouting.changed(key(), Kind.POOL, State.ACTIVE, null, Limits.NONE);
        var persons = key();
        stage.put(own, persons);

        assertThat(stage.chosen()).isEqualTo(persons.keyId());
    }

    @Test
    void recordsTheScoresPartsAndMultipliers() {
        var poor = TestRouting.changed(
                key(), Kind.POOL, State.LOW, new Credits(Credits.of(1_000).micro() - 1), Limits.NONE);
        stage.put(poor);
        stage.pick().unused();
        stage.routing.rank();

        var score = stage.pick().score();
        assertThat(score).isNotNull();
        assertThat(score.strategy()).isEqualTo("smart");
        assertThat(score.multiplier()).isCloseTo(0.8 * 0.5 * 0.9, within(1e-9));
        assertThat(score.cost()).isEqualTo(0.5);
        assertThat(score.performance()).isEqualTo(1);
        assertThat(score.reliability()).isEqualTo(1);
        assertThat(score.score()).isCloseTo((0.4 * 0.5 + 0.3 + 0.3) * 0.8 * 0.5 * 0.9, within(1e-9));
    }

    @Test
    void forgetsAUseAfterAMinute() {
        stage.put(key());
        stage.pick().unused();
        stage.nowMs.addAndGet(59_999);
        stage.routing.rank();
        assertThat(pickScore()).isEqualTo(0.9);
        stage.nowMs.addAndGet(60_000);
        stage.routing.rank();
        assertThat(pickScore()).isEqualTo(1);
    }

    @Test
    void reservesAllLimitsOfAKeyTogether() {
        stage.put(TestRouting.changed(key(), Kind.CONSIGNMENT, State.ACTIVE, null, new Limits(3, null, 2, null)));
        var one = stage.pick();
        var two = stage.pick();
        assertThat(stage.chosen()).isNull();
        end(one, Result.SERVED, Credits.ZERO);
        assertThat(stage.chosen()).isNotNull();
        end(two, Result.SERVED, Credits.ZERO);
        var nothing = (Choice.Nothing) stage.routing.choose(wanted());
        assertThat(nothing.rateLimited()).isTrue();
        assertThat(nothing.retryAfter()).isLessThanOrEqualTo(Duration.ofMinutes(1));
        stage.nowMs.addAndGet(60_000);
        assertThat(stage.chosen()).isNotNull();
    }

    @Test
    void searchesAllKeysBeforeItGivesUp() {
        var keys = new ArrayList<PoolKeyRecord>();
        for (int i = 0; i < 200; i++) {
            keys.add(TestRouting.changed(key(), Kind.CONSIGNMENT, State.ACTIVE, null, new Limits(1, null, null, null)));
        }
        stage.put(keys.toArray(PoolKeyRecord[]::new));

        for (int i = 0; i < 200; i++) {
            assertThat(stage.chosen()).isNotNull();
        }
        assertThat(stage.chosen()).isNull();
    }

    @Test
    void forgetsWithdrawnKeysAndHostsWithoutKeysButNotThatTheyAreWithdrawn() {
        var key = key("https://one.example/v1");
        var stays = key("https://two.example/v1");
        stage.put(key, stays);
        var withdrawn = TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE);

        stage.routing.put(withdrawn);
        for (int i = 0; i < 20; i++) {
            assertThat(stage.chosen()).isEqualTo(stays.keyId());
        }
        stage.put(withdrawn, key);

        assertThat(stage.routing.keys()).isEqualTo(1);
        assertThat(stage.routing.hosts()).isEqualTo(1);
        assertThat(stage.chosen()).isEqualTo(stays.keyId());
    }

    @Test
    void forgetsAHostThatItsLastKeyMovedAwayFrom() {
        var id = UUID.randomUUID();
        var before = TestRouting.key(id, UUID.randomUUID(), "openai", "https://one.example/v1", "sealed", "m");
        stage.put(before);
        stage.put(new PoolKeyRecord(
                id,
                2,
                before.ownerId(),
                9_500,
                Kind.CONSIGNMENT,
                0,
                "openai",
                "https://two.example/v1",
                List.of("m"),
                State.ACTIVE,
                "sealed",
                null,
                null,
                Limits.NONE,
                true,
                null));

        assertThat(stage.routing.hosts()).isEqualTo(1);
        assertThat(stage.pick().host()).isEqualTo("two.example");
    }

    @Test
    void leavesOutKeysBeyondTheMost() {
        for (int i = 0; i < 1_001; i++) {
            stage.routing.put(key());
        }

        assertThat(stage.routing.keys()).isEqualTo(1_000);
    }

    private double pickScore() {
        var pick = stage.pick();
        pick.unused();
        var score = pick.score();
        return score == null ? 0 : score.multiplier();
    }

    private static PoolKeyRecord fallback(int priority) {
        var id = UUID.randomUUID();
        return new PoolKeyRecord(
                id,
                1,
                null,
                0,
                Kind.FALLBACK,
                priority,
                "openai",
                "https://provider.example/v1",
                List.of("m"),
                State.ACTIVE,
                "sealed",
                null,
                null,
                Limits.NONE,
                true,
                null);
    }
}
