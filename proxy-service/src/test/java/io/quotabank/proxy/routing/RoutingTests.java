package io.quotabank.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class RoutingTests {

    private static final PricedModel PRICE = TestCatalog.priced("m");
    // 1,000 tokens of output at 15 dollars a million.
    private static final Credits WORTH_1000_TOKENS = new Credits(1_500_000);

    private final AtomicLong nowMs = new AtomicLong(1_000_000);
    private final Routing routing =
            new Routing(TestRouting.SETTINGS, nowMs::get, () -> Instant.ofEpochMilli(nowMs.get()));

    @Test
    void knowsNoKeyForAModelThatNoneServes() {
        put(key());

        assertThat(routing.choose(new Wanted(TestCatalog.priced("other"), 1, 1)))
                .isInstanceOf(Choice.Unserved.class);
        assertThat(routing.serves("m")).isTrue();
        assertThat(routing.serves("other")).isFalse();
    }

    @Test
    void dropsARecordThatIsNotNewer() {
        var key = key();
        put(key, TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE), key);

        assertThat(chosen()).isNull();
    }

    @Test
    void choosesOnlyActiveAndLowKeys() {
        for (var state : State.values()) {
            var fresh = new Routing(TestRouting.SETTINGS, nowMs::get, () -> Instant.ofEpochMilli(nowMs.get()));
            var key = key();
            TestRouting.put(fresh, TestRouting.changed(key, Kind.CONSIGNMENT, state, null, Limits.NONE));

            boolean routable = state == State.ACTIVE || state == State.LOW;
            assertThat(fresh.choose(wanted()) instanceof Choice.Chosen).isEqualTo(routable);
        }
    }

    @Test
    void stopsAWithdrawnKeyBeforeTheNextRanking() {
        var key = key();
        put(key);

        routing.put(TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE));

        assertThat(chosen()).isNull();
    }

    @Test
    void wantsAThousandTokensWorthOfQuotaLeft() {
        var key = key();
        put(changed(key, new Credits(WORTH_1000_TOKENS.micro() - 1)));
        assertThat(chosen()).isNull();

        var enough = key();
        put(changed(enough, WORTH_1000_TOKENS));
        assertThat(chosen()).isEqualTo(enough.keyId());
    }

    @Test
    void wantsAThousandTokensOfInputWhereAModelPutsOutNone() {
        var embeddings = new Wanted(TestCatalog.priced(TestCatalog.embedding("m")), 10, 0);
        put(changed(key(), new Credits(1_999_999)));
        assertThat(routing.choose(embeddings)).isInstanceOf(Choice.Nothing.class);

        put(changed(key(), new Credits(2_000_000)));
        assertThat(routing.choose(embeddings)).isInstanceOf(Choice.Chosen.class);
    }

    @Test
    void subtractsWhatWasSpentHereSinceTheRecord() {
        var key = changed(key(), Credits.of(10));
        put(key);
        end(pick(), Result.SERVED, Credits.of(9));

        assertThat(chosen()).isNull();
    }

    @Test
    void trustsANewerRecordButForWhatItsWriterCantHaveCounted() {
        var key = changed(key(), Credits.of(10));
        put(key);
        end(pick(), Result.SERVED, Credits.of(9));

        // At once the pool can't have counted it; later it has.
        put(changed(key, Credits.of(10)));
        assertThat(chosen()).isNull();
        nowMs.addAndGet(5_000);
        put(changed(changed(key, Credits.of(10)), Credits.of(10)));
        assertThat(chosen()).isEqualTo(key.keyId());
    }

    @Test
    void usesAFallbackKeyOnlyWhereNothingElseCanByPriority() {
        var usual = key();
        var first = fallback(1);
        var second = fallback(2);
        put(second, first, usual);

        assertThat(pick().key().keyId()).isEqualTo(usual.keyId());
        var wanted = wanted();
        wanted.keyFailed(pick());
        var next = pick(wanted);
        assertThat(next.key().keyId()).isEqualTo(first.keyId());
        wanted.keyFailed(next);
        assertThat(pick(wanted).key().keyId()).isEqualTo(second.keyId());
    }

    @Test
    void sharesTheLoadAmongEqualKeys() {
        var keys = new PoolKeyRecord[10];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key();
        }
        put(keys);
        var uses = new HashMap<UUID, Integer>();
        for (int i = 0; i < 5_000; i++) {
            var pick = pick();
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
        put(own, persons);

        assertThat(chosen()).isEqualTo(persons.keyId());
    }

    @Test
    void recordsTheScoresPartsAndMultipliers() {
        var poor = TestRouting.changed(
                key(), Kind.POOL, State.LOW, new Credits(Credits.of(1_000).micro() - 1), Limits.NONE);
        put(poor);
        pick().unused();
        routing.rank();

        var score = pick().score();
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
        put(key());
        pick().unused();
        nowMs.addAndGet(59_999);
        routing.rank();
        assertThat(pickScore()).isEqualTo(0.9);
        nowMs.addAndGet(60_000);
        routing.rank();
        assertThat(pickScore()).isEqualTo(1);
    }

    @Test
    void asksToComeBackWhenTheEarliestKeyMay() {
        put(key(), key());
        limit(Duration.ofSeconds(40));
        limit(Duration.ofSeconds(20));

        var nothing = (Choice.Nothing) routing.choose(wanted());
        assertThat(nothing.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(nothing.rateLimited()).isTrue();
    }

    @Test
    void bringsAKeyBackByOneProbe() {
        put(key());
        limit(Duration.ofSeconds(20));
        nowMs.addAndGet(20_000);
        routing.rank();

        var probe = pick();
        assertThat(chosen()).isNull();
        end(probe, Result.SERVED, Credits.ZERO);
        assertThat(chosen()).isNotNull();
        assertThat(chosen()).isNotNull();
    }

    @Test
    void blamesAHostNotItsKeysForWhatCantBeReached() {
        var there = key("https://there.example/v1");
        var elsewhere = key("https://elsewhere.example/v1");
        put(there);
        for (int i = 0; i < 5; i++) {
            pick().ended(Ending.without(Result.UNREACHABLE, null, 5));
        }
        assertThat(chosen()).isNull();

        put(elsewhere);
        assertThat(chosen()).isEqualTo(elsewhere.keyId());
        nowMs.addAndGet(TestRouting.SETTINGS.hostCoolDown().toMillis());
        var moved = new PoolKeyRecord(
                there.keyId(),
                9,
                there.ownerId(),
                9_500,
                Kind.CONSIGNMENT,
                0,
                "openai",
                "https://moved.example/v1",
                there.models(),
                State.ACTIVE,
                there.sealedSecret(),
                null,
                null,
                Limits.NONE,
                true,
                null);
        put(moved, changed(elsewhere, Credits.ZERO));
        assertThat(chosen()).isEqualTo(there.keyId());
    }

    @Test
    void triesOtherHostsFirstAndTheFailedOneLast() {
        var here = key("https://here.example/v1");
        var there = key("https://there.example/v1");
        put(here, there);
        var wanted = wanted();
        var first = pick(wanted);
        wanted.hostFailed(first);
        var second = pick(wanted);
        wanted.hostFailed(second);

        assertThat(first.host()).isNotEqualTo(second.host());
        assertThat(pick(wanted)).isNotNull();
    }

    @Test
    void reservesAllLimitsOfAKeyTogether() {
        put(TestRouting.changed(key(), Kind.CONSIGNMENT, State.ACTIVE, null, new Limits(3, null, 2, null)));
        var one = pick();
        var two = pick();
        assertThat(chosen()).isNull();
        end(one, Result.SERVED, Credits.ZERO);
        assertThat(chosen()).isNotNull();
        end(two, Result.SERVED, Credits.ZERO);
        var nothing = (Choice.Nothing) routing.choose(wanted());
        assertThat(nothing.rateLimited()).isTrue();
        assertThat(nothing.retryAfter()).isLessThanOrEqualTo(Duration.ofMinutes(1));
        nowMs.addAndGet(60_000);
        assertThat(chosen()).isNotNull();
    }

    @Test
    void leavesNoKeyToAPersonForAnOutageOfItsHost() {
        put(key(), key(), key());
        for (int i = 0; i < 600; i++) {
            if (routing.choose(wanted()) instanceof Choice.Chosen(var pick)) {
                pick.ended(Ending.without(Result.PROVIDER_ERROR, null, 5));
            }
            nowMs.addAndGet(10_000);
            routing.rank();
        }
        assertThat(routing.flagged()).isZero();

        nowMs.addAndGet(TestRouting.SETTINGS.longestCoolDown().toMillis());
        routing.rank();
        assertThat(chosen()).isNotNull();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void tellsWhichKeysAreLeftToAPerson(CapturedOutput output) {
        var key = key();
        put(key);
        var meters = new SimpleMeterRegistry();
        new RoutingConfiguration().flaggedKeys(routing).bindTo(meters);
        var flagged = meters.get("quotabank.keys.flagged").gauge();

        for (int i = 0; i < TestRouting.SETTINGS.failuresToFlag(); i++) {
            assertThat(flagged.value()).isZero();
            pick().ended(Ending.without(Result.KEY_REFUSED, null, 5));
            nowMs.addAndGet(TestRouting.SETTINGS.refusedCoolDown().toMillis());
            routing.rank();
        }

        assertThat(flagged.value()).isEqualTo(1);
        assertThat(output).containsOnlyOnce("key " + key.keyId() + " is flagged");
        var byThePool = key();
        put(TestRouting.changed(byThePool, Kind.CONSIGNMENT, State.FLAGGED, null, Limits.NONE));
        assertThat(flagged.value()).isEqualTo(2);
        put(TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE));
        assertThat(flagged.value()).isEqualTo(1);
    }

    @Test
    void leavesAKeyAloneAsLongAsThePoolSaysAlsoWhereNoneOfItsCallsWasSeen() {
        var key = key();
        put(key);
        assertThat(chosen()).isEqualTo(key.keyId());

        put(TestRouting.cooling(key, nowMs.get() + 1_000));
        assertThat(chosen()).isNull();
        var restarted = new Routing(TestRouting.SETTINGS, nowMs::get, () -> Instant.ofEpochMilli(nowMs.get()));
        TestRouting.put(restarted, TestRouting.cooling(key, nowMs.get() + 1_000));
        assertThat(restarted.choose(new Wanted(PRICE, 1, 1))).isInstanceOf(Choice.Nothing.class);
        assertThat(restarted.serves("m")).isTrue();

        nowMs.addAndGet(999);
        assertThat(chosen()).isNull();
        nowMs.addAndGet(1);
        assertThat(chosen()).isEqualTo(key.keyId());
        assertThat(chosen()).as("one probe at a time").isNull();
    }

    @Test
    void passesOverACoolDownThatIsLongOver() {
        var key = key();
        put(TestRouting.cooling(key, nowMs.get()));

        assertThat(chosen()).isEqualTo(key.keyId());
        assertThat(chosen()).isEqualTo(key.keyId());
    }

    @Test
    void searchesAllKeysBeforeItGivesUp() {
        var keys = new ArrayList<PoolKeyRecord>();
        for (int i = 0; i < 200; i++) {
            keys.add(TestRouting.changed(key(), Kind.CONSIGNMENT, State.ACTIVE, null, new Limits(1, null, null, null)));
        }
        put(keys.toArray(PoolKeyRecord[]::new));

        for (int i = 0; i < 200; i++) {
            assertThat(chosen()).isNotNull();
        }
        assertThat(chosen()).isNull();
    }

    @Test
    void forgetsWithdrawnKeysAndHostsWithoutKeysButNotThatTheyAreWithdrawn() {
        var key = key("https://one.example/v1");
        var stays = key("https://two.example/v1");
        put(key, stays);
        var withdrawn = TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE);

        routing.put(withdrawn);
        for (int i = 0; i < 20; i++) {
            assertThat(chosen()).isEqualTo(stays.keyId());
        }
        put(withdrawn, key);

        assertThat(routing.keys()).isEqualTo(1);
        assertThat(routing.hosts()).isEqualTo(1);
        assertThat(chosen()).isEqualTo(stays.keyId());
    }

    @Test
    void forgetsAHostThatItsLastKeyMovedAwayFrom() {
        var id = UUID.randomUUID();
        var before = TestRouting.key(id, UUID.randomUUID(), "openai", "https://one.example/v1", "sealed", "m");
        put(before);
        put(new PoolKeyRecord(
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

        assertThat(routing.hosts()).isEqualTo(1);
        assertThat(pick().host()).isEqualTo("two.example");
    }

    @Test
    void leavesOutKeysBeyondTheMost() {
        for (int i = 0; i < 1_001; i++) {
            routing.put(key());
        }

        assertThat(routing.keys()).isEqualTo(1_000);
    }

    @Test
    void aKeyThatMayNotCallOneModelStillServesOthers() {
        var key = TestRouting.key(
                UUID.randomUUID(), UUID.randomUUID(), "openai", "https://provider.example/v1", "sealed", "m", "other");
        put(key);
        for (int i = 0; i < 5; i++) {
            assertThat(chosen()).isNotNull();
            refuseModel();
        }

        assertThat(chosen()).isNull();
        assertThat(waits()).isEqualTo(Duration.ofSeconds(10));
        assertThat(routing.choose(new Wanted(TestCatalog.priced("other"), 10, 20)))
                .isInstanceOf(Choice.Chosen.class);
    }

    @Test
    void oneCallAtATimeProbesAKeyForAModelAndASuccessBringsItBack() {
        put(key());
        for (int i = 0; i < 5; i++) {
            refuseModel();
        }
        nowMs.addAndGet(10_000);
        refuseModel();
        assertThat(waits()).isEqualTo(Duration.ofSeconds(20));

        nowMs.addAndGet(20_000);
        var probe = pick();
        assertThat(chosen()).isNull();
        end(probe, Result.SERVED, Credits.ZERO);

        assertThat(chosen()).isNotNull();
        assertThat(chosen()).isNotNull();
    }

    private void refuseModel() {
        pick().ended(new Ending(Result.KEY_REFUSED, true, null, null, 5, 0, 0, Credits.ZERO));
    }

    private Duration waits() {
        return ((Choice.Nothing) routing.choose(wanted())).retryAfter();
    }

    private void limit(Duration retryAfter) {
        pick().ended(Ending.without(Result.RATE_LIMITED, retryAfter, 5));
    }

    private double pickScore() {
        var pick = pick();
        pick.unused();
        var score = pick.score();
        return score == null ? 0 : score.multiplier();
    }

    private static void end(Pick pick, Result result, Credits list) {
        pick.ended(new Ending(result, false, null, 100L, 500, 100, 50, list));
    }

    private @Nullable UUID chosen() {
        return routing.choose(wanted()) instanceof Choice.Chosen(var pick)
                ? pick.key().keyId()
                : null;
    }

    private Pick pick() {
        return pick(wanted());
    }

    private Pick pick(Wanted wanted) {
        var choice = routing.choose(wanted);
        assertThat(choice).isInstanceOf(Choice.Chosen.class);
        return ((Choice.Chosen) choice).pick();
    }

    private static Wanted wanted() {
        return new Wanted(PRICE, 10, 20);
    }

    private void put(PoolKeyRecord... keys) {
        TestRouting.put(routing, keys);
    }

    private static PoolKeyRecord key() {
        return key("https://provider.example/v1");
    }

    private static PoolKeyRecord key(String baseUrl) {
        return TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", baseUrl, "sealed", "m");
    }

    private static PoolKeyRecord changed(PoolKeyRecord key, Credits remaining) {
        return TestRouting.changed(key, Kind.CONSIGNMENT, State.ACTIVE, remaining, Limits.NONE);
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
