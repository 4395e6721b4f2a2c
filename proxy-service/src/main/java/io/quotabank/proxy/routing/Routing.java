package io.quotabank.proxy.routing;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.proxy.catalog.PricedModel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses keys, by the strategy that each model has. Keys are ranked a few times a second on a thread of their own; a
 * choice looks at a bounded number of ranked keys, beginning at a random one of those as good as the best, so equal
 * keys share the load and ten thousand keys cost what ten do. Only where none of those can serve are all keys of the
 * model searched.
 */
public final class Routing implements AutoCloseable {

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration USUAL_WAIT = Duration.ofSeconds(5);
    private static final int MOST_PROBES_TRIED = 4;
    /** A key with less than this many tokens' worth of quota is no candidate. */
    private static final long LEAST_TOKENS = 1_000;

    private record Minimum(long priceVersion, Credits credits) {}

    private final RoutingProperties properties;
    private final LongSupplier nowMs;
    private final InstantSource wall;
    private final KeyTable keys;
    private final RandomGenerator random;
    private final Set<Strategy> strategies;
    private final boolean countsUses;
    private final AtomicLong uses = new AtomicLong();
    private final Map<String, Minimum> minimums = new ConcurrentHashMap<>();
    private final Thread ranker =
            Thread.ofPlatform().daemon().name("routing-rank").unstarted(this::rankAgainAndAgain);
    private volatile Map<String, List<RoutedKey>> byModel = Map.of();
    private volatile Map<String, ModelRanking> rankings = Map.of();
    private volatile boolean keysChanged;
    private volatile boolean used;
    private volatile boolean closed;

    /** @param nowMs monotonic milliseconds */
    Routing(RoutingProperties properties, LongSupplier nowMs, InstantSource wall) {
        this(properties, nowMs, wall, new SplittableRandom());
    }

    /** @param random for the thread that ranks */
    Routing(RoutingProperties properties, LongSupplier nowMs, InstantSource wall, RandomGenerator random) {
        this.random = random;
        this.strategies = properties.strategiesInUse();
        this.countsUses = strategies.contains(Strategy.LEAST_RECENTLY_USED);
        this.properties = properties;
        this.nowMs = nowMs;
        this.wall = wall;
        this.keys = new KeyTable(properties);
    }

    void start() {
        ranker.start();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(ranker);
    }

    /** Takes a key's record. */
    void put(PoolKeyRecord key) {
        if (keys.put(key, nowMs.getAsLong(), wall.millis())) {
            keysChanged = true;
            LockSupport.unpark(ranker);
        }
    }

    /** True where at least one key serves the model, whether it can be used at this moment or not. */
    public boolean serves(String model) {
        var ranking = rankings.get(model);
        return ranking != null && !ranking.all().isEmpty();
    }

    /** The newest record of a key that is known here and not withdrawn. */
    public Optional<PoolKeyRecord> find(UUID keyId) {
        return keys.find(keyId).map(RoutedKey::pool);
    }

    /** How many hosts the known keys are at. */
    int hosts() {
        return keys.hosts();
    }

    /** How many keys are left to a person. */
    int flagged() {
        long now = nowMs.getAsLong();
        return Math.toIntExact(
                keys.all().stream().filter(key -> key.flagged(now)).count());
    }

    /** How many keys are known. */
    int keys() {
        return keys.all().size();
    }

    /** Chooses a key for one call. A key that is chosen must be told how the call ended. */
    public Choice choose(Wanted wanted) {
        used = true;
        var ranking = rankings.get(wanted.model());
        if (ranking == null) {
            return new Choice.Unserved();
        }
        long now = nowMs.getAsLong();
        var pick = ranked(ranking, wanted, now, true);
        if (pick == null) {
            pick = anyOf(ranking, wanted, now, true);
        }
        if (pick == null && wanted.avoidsHosts()) {
            pick = anyOf(ranking, wanted, now, false);
        }
        return pick == null ? nothing(ranking, wanted, now) : new Choice.Chosen(pick);
    }

    private @Nullable Pick ranked(ModelRanking ranking, Wanted wanted, long now, boolean avoidHosts) {
        int probes = Math.min(MOST_PROBES_TRIED, ranking.probes().size());
        for (int i = 0; i < probes; i++) {
            var pick = admitted(ranking.probes().get(i), wanted, now, avoidHosts);
            if (pick != null) {
                return pick;
            }
        }
        if (ranking.strategy().takesTurns()) {
            return inTurn(ranking.turns(), wanted, now, avoidHosts);
        }
        var pick = fromRandomPlace(ranking.front(), wanted, now, avoidHosts);
        return pick != null ? pick : fromRandomPlace(ranking.band(), wanted, now, avoidHosts);
    }

    /** Looks at a bounded number of keys, from a random one on, so that equal keys share the load. */
    private @Nullable Pick fromRandomPlace(List<RoutedKey> keys, Wanted wanted, long now, boolean avoidHosts) {
        int size = keys.size();
        int at = size > 1 ? ThreadLocalRandom.current().nextInt(size) : 0;
        int most = Math.min(properties.examined(), size);
        for (int i = 0; i < most; i++) {
            var pick = admitted(keys.get(at), wanted, now, avoidHosts);
            if (pick != null) {
                return pick;
            }
            at = at + 1 == size ? 0 : at + 1;
        }
        return null;
    }

    /** Looks at a bounded number of keys, each of which is offered to this call alone. */
    private @Nullable Pick inTurn(Turns turns, Wanted wanted, long now, boolean avoidHosts) {
        int most = Math.min(properties.examined(), turns.size());
        for (int i = 0; i < most; i++) {
            var key = turns.next();
            var pick = key == null ? null : admitted(key, wanted, now, avoidHosts);
            if (pick != null) {
                return pick;
            }
        }
        return null;
    }

    private @Nullable Pick anyOf(ModelRanking ranking, Wanted wanted, long now, boolean avoidHosts) {
        var pick = firstOf(ranking.preferred(), wanted, now, avoidHosts);
        pick = pick != null ? pick : firstOf(ranking.probes(), wanted, now, avoidHosts);
        // Some may have become usable since they were ranked; that comes before the platform's fallback keys.
        pick = pick != null ? pick : firstOf(ranking.others(), wanted, now, avoidHosts);
        return pick != null ? pick : firstOf(ranking.fallback(), wanted, now, avoidHosts);
    }

    private @Nullable Pick firstOf(List<RoutedKey> keys, Wanted wanted, long now, boolean avoidHosts) {
        for (var key : keys) {
            var pick = admitted(key, wanted, now, avoidHosts);
            if (pick != null) {
                return pick;
            }
        }
        return null;
    }

    /** Takes the key if it can serve this call now, with all that it takes of its limits; else leaves no trace. */
    private @Nullable Pick admitted(RoutedKey routed, Wanted wanted, long now, boolean avoidHosts) {
        var key = routed.pool();
        if (!key.routable()
                || wanted.hasFailed(key.keyId())
                || (avoidHosts && wanted.avoids(routed.hostName()))
                || !key.models().contains(wanted.model())
                || !routed.mayBeTried(wanted.model(), now)) {
            return null;
        }
        var host = routed.host();
        if (!host.mayBeTried(now) || !routed.hasQuotaFor(minimum(wanted.price()))) {
            return null;
        }
        var taken = taken(key, wanted);
        if (!routed.limits().take(taken)) {
            return null;
        }
        var probes = Probes.take(routed, wanted.model(), now);
        if (probes == null) {
            routed.limits().undo(taken);
            return null;
        }
        routed.used(now, countsUses ? uses.incrementAndGet() : 0);
        var score = routed.score(properties.strategyOf(wanted.model()));
        return new Pick(routed, key, host, wanted.model(), taken, probes, score, nowMs);
    }

    private KeyLimits.Taken taken(PoolKeyRecord key, Wanted wanted) {
        var limits = key.limits();
        long tokens = wanted.inputTokens() + wanted.outputTokens();
        long list = limits.dailySpend() == null
                ? 0
                : wanted.price()
                        .atMost(wanted.inputTokens(), wanted.outputTokens(), PricedModel.LIST_PRICE)
                        .micro();
        return new KeyLimits.Taken(limits, wall.millis(), tokens, list);
    }

    private Credits minimum(PricedModel price) {
        var known = minimums.get(price.model().name());
        if (known == null || known.priceVersion() != price.priceVersion()) {
            // Output is what a model is paid for, where it has any.
            boolean answers = price.model().maxOutputTokens() > 0;
            var worth = price.atMost(answers ? 0 : LEAST_TOKENS, answers ? LEAST_TOKENS : 0, PricedModel.LIST_PRICE);
            known = new Minimum(price.priceVersion(), worth);
            minimums.put(price.model().name(), known);
        }
        return known.credits();
    }

    private Choice.Nothing nothing(ModelRanking ranking, Wanted wanted, long now) {
        long earliest = Long.MAX_VALUE;
        boolean rateLimited = !ranking.all().isEmpty();
        boolean untried = false;
        for (var key : ranking.all()) {
            long limitWait = key.limits().waitMs(key.pool().limits(), wall.millis());
            long keyWait = key.waitMs(wanted.model(), now);
            long hostWait = key.host().isOut() ? key.host().outUntilMs() - now : 0;
            long wait = Math.max(limitWait, Math.max(keyWait, hostWait));
            rateLimited &= limitWait > 0 || key.health().isRateLimited();
            untried |= !wanted.hasFailed(key.pool().keyId());
            earliest = wait > 0 ? Math.min(earliest, wait) : earliest;
        }
        var wait = earliest == Long.MAX_VALUE ? USUAL_WAIT : Duration.ofMillis(earliest);
        return new Choice.Nothing(wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait, rateLimited, untried);
    }

    private void rankAgainAndAgain() {
        while (!closed) {
            if (keysChanged || used) {
                rank();
            }
            LockSupport.parkNanos(properties.rankEvery().toNanos());
        }
    }

    /** Scores and ranks all keys, and puts the new order in the old one's place. */
    void rank() {
        used = false;
        if (keysChanged) {
            keysChanged = false;
            byModel = keys.byModel();
        }
        long now = nowMs.getAsLong();
        long wallMs = wall.millis();
        long lastUse = uses.get();
        keys.all().forEach(key -> key.scored(Scoring.scores(key, strategies, now, wallMs)));
        var fresh = new HashMap<String, ModelRanking>();
        byModel.forEach((model, those) -> {
            var strategy = properties.strategyOf(model);
            var terms =
                    new ModelRanking.Terms(strategy, properties.band(), properties.examined(), now, lastUse, random);
            fresh.put(model, ModelRanking.of(those, terms));
        });
        rankings = fresh;
    }
}
