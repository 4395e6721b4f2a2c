package io.quotabank.pool.key;

import io.quotabank.pool.key.KeyStore.Audit;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Keys and audit records page by page, newest first: a page ends where the next one begins, by id. */
@Repository
class KeyPages {

    private static final UUID NEWEST = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");

    // A key that was refused before it ever served is no key of anybody's: its deposit keeps the status.
    private static final String KEYS = KeyRows.SELECT + """
            WHERE k.id < :before AND NOT (k.state = 'invalid' AND k.proven_at IS NULL)
              AND (:owner::uuid IS NULL OR k.owner_id = :owner::uuid)
              AND (:state::text IS NULL
                OR CASE WHEN k.cooling_until > :now THEN 'cooling' ELSE k.state END = :state::text)
            ORDER BY k.id DESC LIMIT :limit
            """;

    private static final String AUDIT =
            "SELECT * FROM key_audit WHERE key_id = :key AND id < :before ORDER BY id DESC LIMIT :limit";

    private final JdbcClient jdbc;

    KeyPages(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param owner null for everybody's and the platform's keys
     * @param state as {@link KeyView} tells it at {@code now}
     */
    List<Key> keys(@Nullable UUID owner, @Nullable String state, Instant now, @Nullable UUID before, int limit) {
        return jdbc.sql(KEYS)
                .param("owner", owner == null ? null : owner.toString())
                .param("state", state)
                .param("now", Timestamp.from(now))
                .param("before", before == null ? NEWEST : before)
                .param("limit", limit)
                .query(KeyRows::key)
                .list();
    }

    List<Audit> audit(UUID keyId, @Nullable UUID before, int limit) {
        return jdbc.sql(AUDIT)
                .param("key", keyId)
                .param("before", before == null ? NEWEST : before)
                .param("limit", limit)
                .query(KeyPages::audit)
                .list();
    }

    private static Audit audit(ResultSet row, int index) throws SQLException {
        return new Audit(
                row.getObject("id", UUID.class),
                row.getTimestamp("at").toInstant(),
                row.getObject("key_id", UUID.class),
                row.getLong("version"),
                row.getString("actor"),
                row.getString("action"),
                row.getString("from_state") == null ? null : KeyRows.state(row, "from_state"),
                KeyRows.state(row, "to_state"),
                row.getString("reason"));
    }
}
