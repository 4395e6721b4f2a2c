package io.quotabank.pool.key;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** How a key lies in its rows. */
final class KeyRows {

    static final String SELECT = """
            SELECT k.*, q.claimed_micro, q.quota_micro, q.used_micro
            FROM pool_key k JOIN key_quota q ON q.key_id = k.id
            """;

    static Key key(ResultSet row, int index) throws SQLException {
        return new Key(
                row.getObject("id", UUID.class),
                row.getLong("version"),
                row.getObject("owner_id", UUID.class),
                row.getInt("owner_basis_points"),
                Kind.valueOf(upper(row, "kind")),
                row.getInt("priority"),
                row.getString("provider"),
                row.getString("base_url"),
                strings(row, "asked_models"),
                strings(row, "models"),
                life(row),
                row.getString("last_four"),
                row.getString("variable"),
                limits(row),
                instant(row, "quota_expires_at"),
                instant(row, "cooling_until"),
                Objects.requireNonNull(instant(row, "created_at")),
                Objects.requireNonNull(instant(row, "changed_at")));
    }

    private static KeyLife life(ResultSet row) throws SQLException {
        return new KeyLife(
                state(row, "state"),
                row.getTimestamp("proven_at") != null,
                row.getBoolean("paused_by_platform"),
                credits(row, "claimed_micro"),
                credits(row, "quota_micro"),
                new Credits(row.getLong("used_micro")));
    }

    private static Limits limits(ResultSet row) throws SQLException {
        return new Limits(
                row.getObject("requests_per_minute", Integer.class),
                row.getObject("tokens_per_minute", Long.class),
                row.getObject("concurrent", Integer.class),
                credits(row, "daily_spend_micro"));
    }

    /** What an insert and an update of a key have in common. */
    static StatementSpec bind(StatementSpec statement, Key key) {
        return statement
                .param("id", key.id())
                .param("version", key.version())
                .param("kind", key.kind().wire())
                .param("priority", key.priority())
                .param("provider", key.provider())
                .param("baseUrl", key.baseUrl())
                .param("askedModels", key.askedModels().toArray(String[]::new))
                .param("models", key.models().toArray(String[]::new))
                .param("state", key.state().wire())
                .param("lastFour", key.lastFour())
                .param("now", Timestamp.from(key.changedAt()));
    }

    /** Ids as the driver takes them for an array: cast to {@code uuid[]} in the statement. */
    static String[] texts(Collection<UUID> ids) {
        return ids.stream().map(UUID::toString).toArray(String[]::new);
    }

    static State state(ResultSet row, String column) throws SQLException {
        return State.valueOf(upper(row, column));
    }

    static @Nullable Long micro(@Nullable Credits credits) {
        return credits == null ? null : credits.micro();
    }

    private static @Nullable Credits credits(ResultSet row, String column) throws SQLException {
        var micro = row.getObject(column, Long.class);
        return micro == null ? null : new Credits(micro);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
    }

    private static List<String> strings(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static String upper(ResultSet row, String column) throws SQLException {
        return row.getString(column).toUpperCase(Locale.ROOT);
    }

    private KeyRows() {}
}
