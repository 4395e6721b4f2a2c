package io.quotabank.pool.key;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.pool.custody.SealedSecret;
import io.quotabank.pool.key.PoolKeys.By;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Keys, their secrets, quotas and audit records in the database. */
@Repository
class KeyStore {

    /**
     * One change of a key.
     *
     * @param from null for the first
     */
    record Audit(
            UUID id,
            Instant at,
            UUID keyId,
            long version,
            String actor,
            String action,
            @Nullable State from,
            State to,
            String reason) {

        /** @param before null for the first */
        static Audit of(UUID id, @Nullable Key before, Key after, String action, By by) {
            return new Audit(
                    id,
                    after.changedAt(),
                    after.id(),
                    after.version(),
                    by.actor(),
                    action,
                    before == null ? null : before.state(),
                    after.state(),
                    by.reason());
        }
    }

    private static final String INSERT = """
            INSERT INTO pool_key (id, version, owner_id, owner_basis_points, kind, priority, provider, base_url,
                asked_models, models, state, last_four, variable, quota_expires_at, created_at, changed_at)
            VALUES (:id, :version, :owner, :basisPoints, :kind, :priority, :provider, :baseUrl,
                :askedModels, :models, :state, :lastFour, :variable, :quotaExpiresAt, :now, :now)
            """;

    private static final String INSERT_SECRET =
            "INSERT INTO key_secret (key_id, sealed, fingerprint) VALUES (:id, :sealed, :fingerprint)";

    private static final String INSERT_QUOTA = """
            INSERT INTO key_quota (key_id, claimed_micro, quota_micro, used_micro, published_at)
            VALUES (:id, :claimed, :quota, 0, :now)
            """;

    // One order of locks everywhere: keys by id, each with its quota.
    private static final String LOCK =
            KeyRows.SELECT + " WHERE k.id = ANY(:ids::uuid[]) ORDER BY k.id FOR NO KEY UPDATE OF k, q";

    private static final String UPDATE = """
            UPDATE pool_key SET version = :version, kind = :kind, priority = :priority, provider = :provider, base_url = :baseUrl,
                asked_models = :askedModels, models = :models, state = :state, paused_by_platform = :pausedByPlatform,
                proven_at = CASE WHEN :proven THEN coalesce(proven_at, :now) END, last_four = :lastFour,
                requests_per_minute = :requestsPerMinute, tokens_per_minute = :tokensPerMinute,
                concurrent = :concurrent, daily_spend_micro = :dailySpend,
                cooling_until = :coolingUntil, changed_at = :now
            WHERE id = :id
            """;

    private static final String UPDATE_QUOTA =
            "UPDATE key_quota SET claimed_micro = :claimed, quota_micro = :quota WHERE key_id = :id";

    private static final String ADD_USE = """
            UPDATE key_quota q SET used_micro = q.used_micro + u.micro
            FROM unnest(:ids::uuid[], :micros::bigint[]) AS u (id, micro) WHERE q.key_id = u.id
            """;

    // A withdrawn key is told once; nothing is left to tell of it.
    private static final String TOLD =
            "UPDATE key_quota SET published_micro = :remaining, published_at = :now WHERE key_id = :id";

    private static final String ADD_AUDIT = """
            INSERT INTO key_audit (id, at, key_id, version, actor, action, from_state, to_state, reason)
            VALUES (:id, :at, :key, :version, :actor, :action, :from, :to, :reason)
            """;

    private final JdbcClient jdbc;

    KeyStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False where another key has the same secret, which leaves the transaction unfit for anything but a roll-back. */
    boolean insert(Key key, SealedSecret secret) {
        var life = key.life();
        KeyRows.bind(jdbc.sql(INSERT), key)
                .param("owner", key.ownerId())
                .param("basisPoints", key.ownerBasisPoints())
                .param("variable", key.variable())
                .param("quotaExpiresAt", timestamp(key.quotaExpiresAt()))
                .update();
        jdbc.sql(INSERT_QUOTA)
                .param("id", key.id())
                .param("claimed", KeyRows.micro(life.claimed()))
                .param("quota", KeyRows.micro(life.quota()))
                .param("now", Timestamp.from(key.createdAt()))
                .update();
        try {
            insertSecret(key.id(), secret);
            return true;
        } catch (DuplicateKeyException heldAlready) {
            return false;
        }
    }

    private void insertSecret(UUID keyId, SealedSecret secret) {
        jdbc.sql(INSERT_SECRET)
                .param("id", keyId)
                .param("sealed", secret.sealed())
                .param("fingerprint", secret.fingerprint())
                .update();
    }

    void replaceSecret(UUID keyId, SealedSecret secret) {
        forgetSecret(keyId);
        insertSecret(keyId, secret);
    }

    void forgetSecret(UUID keyId) {
        jdbc.sql("DELETE FROM key_secret WHERE key_id = :id").param("id", keyId).update();
    }

    Optional<String> sealed(UUID keyId) {
        return jdbc.sql("SELECT sealed FROM key_secret WHERE key_id = :id")
                .param("id", keyId)
                .query(String.class)
                .optional();
    }

    Optional<byte[]> fingerprint(UUID keyId) {
        return jdbc.sql("SELECT fingerprint FROM key_secret WHERE key_id = :id")
                .param("id", keyId)
                .query((row, index) -> row.getBytes("fingerprint"))
                .optional();
    }

    Optional<Key> find(UUID keyId) {
        return jdbc.sql(KeyRows.SELECT + " WHERE k.id = :id")
                .param("id", keyId)
                .query(KeyRows::key)
                .optional();
    }

    Optional<Key> findByVariable(String variable) {
        return jdbc.sql(KeyRows.SELECT + " WHERE k.variable = :variable")
                .param("variable", variable)
                .query(KeyRows::key)
                .optional();
    }

    /** Locks and reads keys in the order of their ids. */
    List<Key> lock(Collection<UUID> ids) {
        return jdbc.sql(LOCK)
                .param("ids", KeyRows.texts(ids))
                .query(KeyRows::key)
                .list();
    }

    /** Writes everything that can change but the use and the secret. */
    void update(Key key) {
        var limits = key.limits();
        KeyRows.bind(jdbc.sql(UPDATE), key)
                .param("pausedByPlatform", key.life().pausedByPlatform())
                .param("proven", key.life().proven())
                .param("requestsPerMinute", limits.requestsPerMinute())
                .param("tokensPerMinute", limits.tokensPerMinute())
                .param("concurrent", limits.concurrent())
                .param("dailySpend", KeyRows.micro(limits.dailySpend()))
                .param("coolingUntil", timestamp(key.coolingUntil()))
                .update();
        jdbc.sql(UPDATE_QUOTA)
                .param("id", key.id())
                .param("claimed", KeyRows.micro(key.life().claimed()))
                .param("quota", KeyRows.micro(key.life().quota()))
                .update();
    }

    /** Adds use to the quotas of keys that are locked. */
    void addUse(Map<UUID, Credits> listCosts, List<Key> keys) {
        var ids = KeyRows.texts(keys.stream().map(Key::id).toList());
        var micros = keys.stream()
                .map(key -> listCosts.getOrDefault(key.id(), Credits.ZERO).micro())
                .toArray(Long[]::new);
        jdbc.sql(ADD_USE).param("ids", ids).param("micros", micros).update();
    }

    /** Notes what routers know of a key's quota. */
    void told(Key key, Instant now) {
        var remaining = key.state() == State.WITHDRAWN ? null : key.life().remaining();
        jdbc.sql(TOLD)
                .param("id", key.id())
                .param("remaining", KeyRows.micro(remaining))
                .param("now", Timestamp.from(now))
                .update();
    }

    void add(Audit audit) {
        jdbc.sql(ADD_AUDIT)
                .param("id", audit.id())
                .param("at", Timestamp.from(audit.at()))
                .param("key", audit.keyId())
                .param("version", audit.version())
                .param("actor", audit.actor())
                .param("action", audit.action())
                .param("from", audit.from() == null ? null : audit.from().wire())
                .param("to", audit.to().wire())
                .param("reason", audit.reason())
                .update();
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
