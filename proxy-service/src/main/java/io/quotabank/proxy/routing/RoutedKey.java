package io.quotabank.proxy.routing;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One deposited key as the router knows it: its newest record and all that its calls have told. */
final class RoutedKey {

    private static final Logger LOG = LoggerFactory.getLogger(RoutedKey.class);

    private final KeyHealth health;
    private final KeyFigures figures;
    private final KeyLimits limits = new KeyLimits();
    // What a provider said of single models; most keys never have any.
    private final Map<String, KeyHealth> byModel = new ConcurrentHashMap<>(0);
    private final RoutingProperties properties;
    private volatile PoolKeyRecord pool;
    private volatile HostHealth host;
    private volatile String hostName;
    private volatile long spentBeforeRecord;
    private volatile long usedAtMs = Long.MIN_VALUE / 2;
    private volatile long lastUse;
    private volatile Map<Strategy, UsageEvent.Routing> scores = Map.of();

    RoutedKey(PoolKeyRecord pool, String hostName, HostHealth host, RoutingProperties properties) {
        this.pool = pool;
        this.hostName = hostName;
        this.host = host;
        this.properties = properties;
        var id = pool.keyId();
        this.health = new KeyHealth(
                properties,
                () -> LOG.warn("key {} is flagged: its calls fail on and on, and a person is to look at it", id));
        this.figures = new KeyFigures(properties);
    }

    /** Takes over a newer record; what the pool may not have counted yet stays subtracted. */
    void update(PoolKeyRecord newer, String newHostName, HostHealth newHost, long nowMs) {
        var older = pool;
        spentBeforeRecord = figures.spent() - figures.spentRecently(nowMs);
        hostName = newHostName;
        host = newHost;
        pool = newer;
        if (older.state() != newer.state()
                || !older.sealedSecret().equals(newer.sealedSecret())
                || !older.baseUrl().equals(newer.baseUrl())) {
            health.heal();
            byModel.clear();
        } else {
            health.probeNow(nowMs);
            byModel.keySet().retainAll(newer.models());
            byModel.values().forEach(ofModel -> ofModel.probeNow(nowMs));
        }
    }

    /** Leaves the key alone for as long as the pool says, whatever was or was not seen of its failures here. */
    void coolAsTold(long nowMs, long wallMs) {
        var until = pool.coolingUntilMs();
        if (until != null && until > wallMs) {
            health.coolAsTold(nowMs, until - wallMs);
        }
    }

    /** Left to a person, by what its calls told here or by the pool. */
    boolean flagged(long nowMs) {
        return pool.state() == PoolKeyRecord.State.FLAGGED
                || (pool.routable() && health.state(nowMs) == KeyHealth.State.FLAGGED);
    }

    PoolKeyRecord pool() {
        return pool;
    }

    KeyHealth health() {
        return health;
    }

    /** Of the key for one model; null where nothing was ever wrong with that. */
    @Nullable
    KeyHealth health(String model) {
        return byModel.isEmpty() ? null : byModel.get(model);
    }

    /** The provider says that this key may not call the model, or knows no such model at the key's address. */
    void modelRefused(String model, long nowMs, boolean probe) {
        byModel.computeIfAbsent(model, this::healthFor).failed(nowMs, null, probe);
    }

    private KeyHealth healthFor(String model) {
        var id = pool.keyId();
        return new KeyHealth(
                properties, () -> LOG.warn("key {} is flagged for {}: its provider refuses that on and on", id, model));
    }

    /** True where neither the key nor the key for this model is out. */
    boolean mayBeTried(String model, long nowMs) {
        var ofModel = health(model);
        return mayBeTried(health, nowMs) && (ofModel == null || mayBeTried(ofModel, nowMs));
    }

    /** How long the key, or the key for this model, is out. */
    long waitMs(String model, long nowMs) {
        var ofModel = health(model);
        return Math.max(waitMs(health, nowMs), ofModel == null ? 0 : waitMs(ofModel, nowMs));
    }

    private static long waitMs(KeyHealth health, long nowMs) {
        return health.state(nowMs) == KeyHealth.State.COOLING ? health.coolUntilMs() - nowMs : 0;
    }

    private static boolean mayBeTried(KeyHealth health, long nowMs) {
        var state = health.state(nowMs);
        return state == KeyHealth.State.WELL || state == KeyHealth.State.PROBE_DUE;
    }

    KeyFigures figures() {
        return figures;
    }

    KeyLimits limits() {
        return limits;
    }

    HostHealth host() {
        return host;
    }

    String hostName() {
        return hostName;
    }

    long usedAtMs() {
        return usedAtMs;
    }

    void used(long nowMs, long use) {
        usedAtMs = nowMs;
        lastUse = use;
    }

    /** The number of its last use among all uses of keys that were counted; 0 before the first. */
    long lastUse() {
        return lastUse;
    }

    /** Null before it was scored by that strategy. */
    UsageEvent.@Nullable Routing score(Strategy strategy) {
        return scores.get(strategy);
    }

    void scored(Map<Strategy, UsageEvent.Routing> newScores) {
        scores = newScores;
    }

    /** Quota left at list price, the pool's count less what was spent here since; null where it is not limited. */
    @Nullable
    Long leftMicro() {
        var remaining = pool.remaining();
        return remaining == null ? null : remaining.micro() - (figures.spent() - spentBeforeRecord);
    }

    /** True where the quota lasts for all running calls and one more, each of the given size. */
    boolean hasQuotaFor(Credits each) {
        var left = leftMicro();
        return left == null || left >= (limits.concurrent() + 1L) * each.micro();
    }
}
