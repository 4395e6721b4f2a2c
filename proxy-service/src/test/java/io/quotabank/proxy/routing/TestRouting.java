package io.quotabank.proxy.routing;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A routing that is ranked by hand. */
public final class TestRouting {

    static final RoutingProperties SETTINGS = settings(Strategy.SMART, 1_000);

    static RoutingProperties settings(Strategy strategy, int mostKeys) {
        return new RoutingProperties(
                Duration.ofMillis(250),
                0.95,
                32,
                Duration.ofMinutes(10),
                5,
                10,
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(1),
                mostKeys,
                strategy,
                Map.of());
    }

    /** Knows these keys and has ranked them. */
    public static Routing of(PoolKeyRecord... keys) {
        var routing =
                new Routing(SETTINGS, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), InstantSource.system());
        put(routing, keys);
        return routing;
    }

    public static void put(Routing routing, PoolKeyRecord... keys) {
        List.of(keys).forEach(routing::put);
        routing.rank();
    }

    /** An active consignment key of an owner, with 95 % for the owner, without limits. */
    public static PoolKeyRecord key(
            UUID id, UUID owner, String provider, String baseUrl, String sealed, String... models) {
        return new PoolKeyRecord(
                id,
                1,
                owner,
                9_500,
                Kind.CONSIGNMENT,
                0,
                provider,
                baseUrl,
                List.of(models),
                State.ACTIVE,
                sealed,
                null,
                null,
                Limits.NONE,
                true,
                null);
    }

    /** The same key at an address of its owner's own. */
    public static PoolKeyRecord atOwnAddress(PoolKeyRecord key) {
        return new PoolKeyRecord(
                key.keyId(),
                key.version(),
                key.ownerId(),
                key.ownerBasisPoints(),
                key.kind(),
                key.priority(),
                key.provider(),
                key.baseUrl(),
                key.models(),
                key.state(),
                key.sealedSecret(),
                key.remaining(),
                key.quotaExpiresAtMs(),
                key.limits(),
                false,
                null);
    }

    /** The same key with other limits, quota and kind, one version on. */
    public static PoolKeyRecord changed(
            PoolKeyRecord key, Kind kind, State state, @Nullable Credits remaining, Limits limits) {
        return new PoolKeyRecord(
                key.keyId(),
                key.version() + 1,
                key.ownerId(),
                key.ownerBasisPoints(),
                kind,
                key.priority(),
                key.provider(),
                key.baseUrl(),
                key.models(),
                state,
                key.sealedSecret(),
                remaining,
                key.quotaExpiresAtMs(),
                limits,
                key.providerAddress(),
                null);
    }

    /** The same key left alone until a moment, one version on. */
    static PoolKeyRecord cooling(PoolKeyRecord key, @Nullable Long untilMs) {
        return new PoolKeyRecord(
                key.keyId(),
                key.version() + 1,
                key.ownerId(),
                key.ownerBasisPoints(),
                key.kind(),
                key.priority(),
                key.provider(),
                key.baseUrl(),
                key.models(),
                key.state(),
                key.sealedSecret(),
                key.remaining(),
                key.quotaExpiresAtMs(),
                key.limits(),
                key.providerAddress(),
                untilMs);
    }

    private TestRouting() {}
}
