package io.quotabank.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** By what keys are chosen; and what is the same whatever that is. */
class StrategyTests {

    private static final PricedModel PRICE = TestCatalog.priced("m");

    private final AtomicLong nowMs = new AtomicLong(1_000_000);

    @ParameterizedTest
    @EnumSource
    void saysWhatAKeyWasChosenBy(Strategy strategy) {
        var routing = routing(strategy, left(Credits.of(5_000)));
        nowMs.addAndGet(3_000);
        pick(routing, wanted()).unused();
        routing.rank();

        var score = pick(routing, wanted()).score();
        assertThat(score).isNotNull();
        assertThat(score.strategy()).isEqualTo(strategy.wire());
        assertThat(score.performance()).isEqualTo(1);
        assertThat(score.reliability()).isEqualTo(1);
        assertThat(score.cost()).isEqualTo(0.5);
        double expected = switch (strategy) {
            case SMART -> 0.8 * 0.9;
            case CHEAPEST -> 0.5 * 0.9;
            case FASTEST -> 0.9;
            case WEIGHTED_ROUND_ROBIN -> 50;
            case LEAST_RECENTLY_USED -> 0;
        };
        assertThat(score.score()).isCloseTo(expected, within(1e-9));
    }

    @ParameterizedTest
    @EnumSource
    void choosesNoKeyThatIsOutOrLimitedOrSpentOrHasFailedTheRequest(Strategy strategy) {
        var limited = TestRouting.changed(
                key(), Kind.CONSIGNMENT, State.ACTIVE, Credits.of(900_000), new Limits(null, null, 1, null));
        var spent = left(new Credits(1));
        var usual = left(Credits.of(2_000));
        var paused = TestRouting.changed(key(), Kind.CONSIGNMENT, State.PAUSED, Credits.of(900_000), Limits.NONE);
        var routing = routing(strategy, limited, spent, usual, paused);
        var held = new ArrayList<Pick>();
        Pick first;
        do {
            first = pick(routing, wanted());
            held.add(first);
        } while (!first.key().keyId().equals(limited.keyId()));

        for (int i = 0; i < 50; i++) {
            var pick = pick(routing, wanted());
            assertThat(pick.key().keyId()).isEqualTo(usual.keyId());
            pick.unused();
        }
        var failed = wanted();
        failed.keyFailed(pick(routing, failed));
        assertThat(routing.choose(failed)).isInstanceOf(Choice.Nothing.class);
        pick(routing, wanted()).ended(Ending.without(Result.RATE_LIMITED, Duration.ofSeconds(20), 5));
        assertThat(routing.choose(wanted())).isInstanceOf(Choice.Nothing.class);
        held.forEach(Pick::unused);
        assertThat(pick(routing, wanted()).key().keyId()).isEqualTo(limited.keyId());
    }

    @ParameterizedTest
    @EnumSource
    void findsTheOneOfManyKeysThatCanServeAndAFallbackKeyOnlyAfterIt(Strategy strategy) {
        var keys = new ArrayList<PoolKeyRecord>();
        for (int i = 0; i < 300; i++) {
            keys.add(left(new Credits(1)));
        }
        var able = left(Credits.of(50));
        var fallback = TestRouting.changed(key(), Kind.FALLBACK, State.ACTIVE, Credits.of(900_000), Limits.NONE);
        keys.add(150, able);
        keys.add(fallback);
        var routing = routing(strategy, keys.toArray(PoolKeyRecord[]::new));

        for (int i = 0; i < 20; i++) {
            var pick = pick(routing, wanted());
            assertThat(pick.key().keyId()).isEqualTo(able.keyId());
            pick.unused();
        }
        var wanted = wanted();
        wanted.keyFailed(pick(routing, wanted));
        assertThat(pick(routing, wanted).key().keyId()).isEqualTo(fallback.keyId());
    }

    @Test
    void weighsKeysByTheQuotaThatTheyHaveLeft() {
        var keys = new PoolKeyRecord[10];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = left(Credits.of(100L * (i + 1)));
        }
        var routing = routing(Strategy.WEIGHTED_ROUND_ROBIN, keys);
        var uses = new HashMap<UUID, Integer>();
        int choices = 0;
        for (int ranking = 0; ranking < 300; ranking++) {
            routing.rank();
            // Not a whole round each time: parts must be right in the middle of one, too.
            for (int i = 0; i < 100; i++, choices++) {
                uses.merge(used(routing), 1, Integer::sum);
            }
        }
        for (int i = 0; i < keys.length; i++) {
            double expected = choices * (i + 1) / 55.0;
            assertThat((double) uses.get(keys[i].keyId())).isCloseTo(expected, within(0.1 * expected));
        }
    }

    @Test
    void aKeyWithoutALimitWeighsAsMuchAsTheFullestAndEqualOnesTheSame() {
        var unlimited = key();
        var fullest = left(Credits.of(3_000));
        var little = left(Credits.of(1_000));
        assertThat(parts(routing(Strategy.WEIGHTED_ROUND_ROBIN, unlimited, fullest, little)))
                .hasEntrySatisfying(unlimited.keyId(), part -> assertThat(part).isCloseTo(3 / 7.0, within(0.01)))
                .hasEntrySatisfying(fullest.keyId(), part -> assertThat(part).isCloseTo(3 / 7.0, within(0.01)));
        assertThat(parts(routing(Strategy.WEIGHTED_ROUND_ROBIN, key(), key())).values())
                .allSatisfy(part -> assertThat(part).isEqualTo(0.5));
    }

    @Test
    void cheapestPrefersQuotaAboutToLapseAndFastestWhatAnsweredSoonest() {
        var lapsing = lapsing(Duration.ofDays(1));
        var lasting = lapsing(Duration.ofDays(29));
        var cheapest = routing(Strategy.CHEAPEST, lapsing, lasting);
        assertThat(used(cheapest)).isEqualTo(lapsing.keyId());

        var one = key();
        var other = key();
        var fastest = routing(Strategy.FASTEST, one, other);
        var slow = wanted();
        var first = pick(fastest, slow);
        first.ended(new Ending(Result.SERVED, false, null, 5_000L, 20_000, 100, 50, Credits.ZERO));
        slow.keyFailed(first);
        var second = pick(fastest, slow);
        second.ended(new Ending(Result.SERVED, false, null, 50L, 500, 100, 50, Credits.ZERO));
        fastest.rank();
        for (int i = 0; i < 20; i++) {
            assertThat(used(fastest)).isEqualTo(second.key().keyId());
        }
    }

    /** One proxy's order under load: a use comes after all other keys had theirs, but for one round after a ranking. */
    @Test
    void usesTheLeastRecentlyUsedKeyWhateverRunsAtOnce() throws Exception {
        int keys = 40;
        int threads = 4;
        int each = 5_000;
        int rankEvery = 100;
        var settings = TestRouting.settings(Strategy.LEAST_RECENTLY_USED, 1_000);
        var order = new UUID[threads * each];
        var at = new AtomicInteger();
        try (var routing = new Routing(
                        settings, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), InstantSource.system());
                var executor = Executors.newFixedThreadPool(threads)) {
            var records = new PoolKeyRecord[keys];
            for (int i = 0; i < keys; i++) {
                records[i] = key();
            }
            TestRouting.put(routing, records);
            var work = new ArrayList<Callable<Void>>();
            for (int t = 0; t < threads; t++) {
                boolean ranks = t == 0;
                work.add(() -> {
                    for (int i = 0; i < each; i++) {
                        if (ranks && i % rankEvery == 0) {
                            routing.rank();
                        }
                        var pick = pick(routing, wanted());
                        order[at.getAndIncrement()] = pick.key().keyId();
                        pick.unused();
                    }
                    return null;
                });
            }
            for (var done : executor.invokeAll(work)) {
                done.get();
            }
        }
        int early = 0;
        var last = new HashMap<UUID, Integer>();
        for (int i = 0; i < order.length; i++) {
            var before = last.put(order[i], i);
            // Threads may note their uses in another order than they had them.
            if (before != null && i - before < keys - 2 * threads) {
                early++;
            }
        }
        assertThat(last).hasSize(keys);
        // Keys drawn by chance would be early more than half of the time.
        assertThat(early).isLessThan(keys * each / rankEvery + order.length / 100);
    }

    @Test
    void strategiesAreSetByModelAndUnknownOnesAreRefused() {
        var settings = bound(Map.of(
                "quotabank.routing.strategies.gpt-5", "weighted-round-robin",
                "quotabank.routing.strategies[gpt-4.1-nano]", "least-recently-used"));
        assertThat(settings.strategyOf("gpt-5")).isEqualTo(Strategy.WEIGHTED_ROUND_ROBIN);
        assertThat(settings.strategyOf("gpt-4.1-nano")).isEqualTo(Strategy.LEAST_RECENTLY_USED);
        assertThat(settings.strategyOf("o3")).isEqualTo(Strategy.SMART);
        assertThat(bound(Map.of("quotabank.routing.strategy", "fastest")).strategyOf("o3"))
                .isEqualTo(Strategy.FASTEST);
        assertThatThrownBy(() -> bound(Map.of("quotabank.routing.strategy", "clever")))
                .hasStackTraceContaining("clever");
    }

    @Test
    void eachModelOfAKeyIsRoutedByItsOwn() {
        var settings = bound(Map.of("quotabank.routing.strategies.other", "least-recently-used"));
        var routing = new Routing(settings, nowMs::get, () -> Instant.ofEpochMilli(nowMs.get()));
        var host = "https://provider.example/v1";
        var both = TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", host, "sealed", "m", "other");
        TestRouting.put(routing, both);
        assertThat(strategy(pick(routing, wanted()))).isEqualTo("smart");
        assertThat(strategy(pick(routing, new Wanted(TestCatalog.priced("other"), 10, 20))))
                .isEqualTo("least-recently-used");
    }

    private static @Nullable String strategy(Pick pick) {
        return pick.score() == null ? null : pick.score().strategy();
    }

    private static RoutingProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("quotabank.routing", RoutingProperties.class);
    }

    private static Map<UUID, Double> parts(Routing routing) {
        var uses = new HashMap<UUID, Integer>();
        int choices = 12_800;
        for (int i = 0; i < choices; i++) {
            if (i % 128 == 0) {
                routing.rank();
            }
            uses.merge(used(routing), 1, Integer::sum);
        }
        var parts = new HashMap<UUID, Double>();
        uses.forEach((key, count) -> parts.put(key, (double) count / choices));
        return parts;
    }

    private static UUID used(Routing routing) {
        var pick = pick(routing, wanted());
        pick.unused();
        return pick.key().keyId();
    }

    private Routing routing(Strategy strategy, PoolKeyRecord... keys) {
        var routing = new Routing(
                TestRouting.settings(strategy, 1_000),
                nowMs::get,
                () -> Instant.ofEpochMilli(nowMs.get()),
                new SplittableRandom(20_261_121));
        TestRouting.put(routing, keys);
        return routing;
    }

    private static Pick pick(Routing routing, Wanted wanted) {
        var choice = routing.choose(wanted);
        assertThat(choice).isInstanceOf(Choice.Chosen.class);
        return ((Choice.Chosen) choice).pick();
    }

    private static Wanted wanted() {
        return new Wanted(PRICE, 10, 20);
    }

    private static PoolKeyRecord key() {
        var host = "https://provider.example/v1";
        return TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", host, "sealed", "m");
    }

    private static PoolKeyRecord left(Credits remaining) {
        return TestRouting.changed(key(), Kind.CONSIGNMENT, State.ACTIVE, remaining, Limits.NONE);
    }

    private PoolKeyRecord lapsing(Duration in) {
        var key = key();
        return new PoolKeyRecord(
                key.keyId(),
                key.version(),
                key.ownerId(),
                key.ownerBasisPoints(),
                key.kind(),
                key.priority(),
                key.provider(),
                key.baseUrl(),
                List.of("m"),
                key.state(),
                key.sealedSecret(),
                null,
                nowMs.get() + in.toMillis(),
                key.limits(),
                true,
                null);
    }
}
