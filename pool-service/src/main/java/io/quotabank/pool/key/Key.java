package io.quotabank.pool.key;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as the pool keeps it, without its secret.
 *
 * @param version rises by each change
 * @param ownerId null for a platform key
 * @param askedModels what it was deposited for
 * @param models those of them that it has been seen to serve, or all of them before it was verified
 * @param variable the environment variable that a platform key comes from
 * @param coolingUntil until when a key whose calls failed is left alone; in the past or null where it is not
 */
public record Key(
        UUID id,
        long version,
        @Nullable UUID ownerId,
        int ownerBasisPoints,
        Kind kind,
        int priority,
        String provider,
        String baseUrl,
        List<String> askedModels,
        List<String> models,
        KeyLife life,
        String lastFour,
        @Nullable String variable,
        Limits limits,
        @Nullable Instant quotaExpiresAt,
        @Nullable Instant coolingUntil,
        Instant createdAt,
        Instant changedAt) {

    public Key {
        askedModels = List.copyOf(askedModels);
        models = List.copyOf(models);
    }

    public State state() {
        return life.state();
    }

    public boolean isCooling(Instant now) {
        return coolingUntil != null && coolingUntil.isAfter(now);
    }

    Key with(KeyLife next) {
        return with(next, models, limits);
    }

    /** A key that stops serving, or begins to, does so without a cool-down. */
    Key with(KeyLife next, List<String> served, Limits limited) {
        return new Key(
                id,
                version,
                ownerId,
                ownerBasisPoints,
                kind,
                priority,
                provider,
                baseUrl,
                askedModels,
                served,
                next,
                lastFour,
                variable,
                limited,
                quotaExpiresAt,
                life.coolable() && next.coolable() ? coolingUntil : null,
                createdAt,
                changedAt);
    }

    /** The same key left alone for a while, or no longer. */
    Key cooled(@Nullable Instant until) {
        return new Key(
                id,
                version,
                ownerId,
                ownerBasisPoints,
                kind,
                priority,
                provider,
                baseUrl,
                askedModels,
                models,
                life,
                lastFour,
                variable,
                limits,
                quotaExpiresAt,
                until,
                createdAt,
                changedAt);
    }

    /** What routers are told of it. */
    PoolKeyRecord record(String sealedSecret, boolean providerAddress) {
        return new PoolKeyRecord(
                id,
                version,
                ownerId,
                ownerBasisPoints,
                kind,
                priority,
                provider,
                baseUrl,
                models,
                state(),
                sealedSecret,
                life.remaining(),
                quotaExpiresAt == null ? null : quotaExpiresAt.toEpochMilli(),
                limits,
                providerAddress,
                coolingUntil == null ? null : coolingUntil.toEpochMilli());
    }

    Key changed(Instant at) {
        return new Key(
                id,
                version + 1,
                ownerId,
                ownerBasisPoints,
                kind,
                priority,
                provider,
                baseUrl,
                askedModels,
                models,
                life,
                lastFour,
                variable,
                limits,
                quotaExpiresAt,
                coolingUntil,
                createdAt,
                at);
    }

    /** The same key of the platform's own, there for something else. */
    Key placed(Kind newKind, int newPriority) {
        return new Key(
                id,
                version,
                ownerId,
                ownerBasisPoints,
                newKind,
                newPriority,
                provider,
                baseUrl,
                askedModels,
                models,
                life,
                lastFour,
                variable,
                limits,
                quotaExpiresAt,
                coolingUntil,
                createdAt,
                changedAt);
    }

    /** The same key of the environment with another secret, address or set of models. */
    Key replaced(String newBaseUrl, List<String> newModels, String newLastFour) {
        return new Key(
                id,
                version,
                ownerId,
                ownerBasisPoints,
                kind,
                priority,
                provider,
                newBaseUrl,
                newModels,
                newModels,
                life.replace(),
                newLastFour,
                variable,
                limits,
                quotaExpiresAt,
                null,
                createdAt,
                changedAt);
    }
}
