package io.quotabank.proxy.accesskey;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

@Repository
class AccessKeyStore {

    private static final UUID NEWEST = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");

    // Until the transaction ends: of two requests at once, the second counts the first one's key.
    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(:user::text, 0))";

    private static final String COUNT_LIVE = """
            SELECT count(*) FROM access_key
            WHERE user_id = :user AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
            """;

    private static final String INSERT = """
            INSERT INTO access_key (id, user_id, name, hash, prefix, last_four, models, created_at, expires_at, version,
                cap_version, cap_total, cap_daily, cap_monthly)
            VALUES (:id, :user, :name, :hash, :prefix, :lastFour, :models, :createdAt, :expiresAt, :version,
                :version, :total, :daily, :monthly)
            """;

    private static final String REVOKE = """
            UPDATE access_key SET revoked_at = greatest(:now, created_at), version = version + 1
            WHERE user_id = :user AND id = :id AND revoked_at IS NULL
            RETURNING *
            """;

    private static final String LIMIT = """
            UPDATE access_key SET cap_total = :total, cap_daily = :daily, cap_monthly = :monthly,
                cap_version = version + 1, version = version + 1
            WHERE user_id = :user AND id = :id AND revoked_at IS NULL
              AND (cap_total, cap_daily, cap_monthly) IS DISTINCT FROM (:total::bigint, :daily::bigint, :monthly::bigint)
            RETURNING *
            """;

    private static final String LIST =
            "SELECT * FROM access_key WHERE user_id = :user AND id < :before ORDER BY id DESC LIMIT :limit";

    private final JdbcClient jdbc;

    AccessKeyStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keys neither revoked nor expired. Others of the same user wait until this transaction ends. */
    int countLive(UUID userId, Instant now) {
        jdbc.sql(ONE_AT_A_TIME).param("user", userId.toString()).query().listOfRows();
        return jdbc.sql(COUNT_LIVE)
                .param("user", userId)
                .param("now", Timestamp.from(now))
                .query(Integer.class)
                .single();
    }

    void insert(AccessKey key) {
        limits(jdbc.sql(INSERT), key.spendingCap())
                .param("id", key.id())
                .param("user", key.userId())
                .param("name", key.name())
                .param("hash", key.hash())
                .param("prefix", key.prefix())
                .param("lastFour", key.lastFour())
                .param("models", key.models().toArray(String[]::new))
                .param("createdAt", Timestamp.from(key.createdAt()))
                .param("expiresAt", key.expiresAt() == null ? null : Timestamp.from(key.expiresAt()))
                .param("version", key.version())
                .update();
    }

    /** The key as revoked by this call; empty where there is none or it was revoked before. */
    Optional<AccessKey> revoke(UUID userId, UUID id, Instant now) {
        return jdbc.sql(REVOKE)
                .param("now", Timestamp.from(now))
                .param("user", userId)
                .param("id", id)
                .query(AccessKeyStore::key)
                .optional();
    }

    /** The key as limited by this call; empty where there is none, it was revoked, or is limited so already. */
    Optional<AccessKey> limit(UUID userId, UUID id, Limits limits) {
        return limits(jdbc.sql(LIMIT), limits.cap(id, 1))
                .param("user", userId)
                .param("id", id)
                .query(AccessKeyStore::key)
                .optional();
    }

    Optional<AccessKey> find(UUID userId, UUID id) {
        return jdbc.sql("SELECT * FROM access_key WHERE user_id = :user AND id = :id")
                .param("user", userId)
                .param("id", id)
                .query(AccessKeyStore::key)
                .optional();
    }

    List<AccessKey> list(UUID userId, @Nullable UUID before, int limit) {
        return jdbc.sql(LIST)
                .param("user", userId)
                .param("before", before == null ? NEWEST : before)
                .param("limit", limit)
                .query(AccessKeyStore::key)
                .list();
    }

    Optional<AccessKey> byHash(String hash) {
        return jdbc.sql("SELECT * FROM access_key WHERE hash = :hash")
                .param("hash", hash)
                .query(AccessKeyStore::key)
                .optional();
    }

    private static AccessKey key(ResultSet row, int index) throws SQLException {
        return new AccessKey(
                row.getObject("id", UUID.class),
                row.getObject("user_id", UUID.class),
                row.getString("name"),
                row.getString("hash"),
                row.getString("prefix"),
                row.getString("last_four"),
                List.of((String[]) row.getArray("models").getArray()),
                row.getTimestamp("created_at").toInstant(),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                row.getLong("version"),
                cap(row));
    }

    private static StatementSpec limits(StatementSpec statement, @Nullable SpendingCap cap) {
        return statement
                .param("total", cap == null ? null : micro(cap.total()), Types.BIGINT)
                .param("daily", cap == null ? null : micro(cap.daily()), Types.BIGINT)
                .param("monthly", cap == null ? null : micro(cap.monthly()), Types.BIGINT);
    }

    private static @Nullable SpendingCap cap(ResultSet row) throws SQLException {
        var total = credits(row, "cap_total");
        var daily = credits(row, "cap_daily");
        var monthly = credits(row, "cap_monthly");
        return total == null && daily == null && monthly == null
                ? null
                : new SpendingCap(row.getObject("id", UUID.class), row.getLong("cap_version"), total, daily, monthly);
    }

    private static @Nullable Credits credits(ResultSet row, String column) throws SQLException {
        var micro = row.getObject(column, Long.class);
        return micro == null ? null : new Credits(micro);
    }

    private static @Nullable Long micro(@Nullable Credits limit) {
        return limit == null ? null : limit.micro();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
