package io.quotabank.pool.quota;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Runs of failures in the database: a row for each key that has one. Guarded by the lock on the key's own row. */
@Repository
class FailureStore {

    private static final String PUT = """
            INSERT INTO key_failure (key_id, failed_at) VALUES (:id, :at::timestamptz[])
            ON CONFLICT (key_id) DO UPDATE SET failed_at = excluded.failed_at
            """;

    private final JdbcClient jdbc;

    FailureStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Map<UUID, FailureRun> runs(Collection<UUID> keys) {
        var runs = new HashMap<UUID, FailureRun>();
        jdbc.sql("SELECT * FROM key_failure WHERE key_id = ANY(:ids::uuid[])")
                .param("ids", keys.stream().map(UUID::toString).toArray(String[]::new))
                .query(row -> {
                    runs.put(row.getObject("key_id", UUID.class), new FailureRun(instants(row)));
                });
        return runs;
    }

    void put(UUID key, FailureRun run) {
        if (run.at().isEmpty()) {
            forget(key);
            return;
        }
        jdbc.sql(PUT).param("id", key).param("at", literal(run.at())).update();
    }

    void forget(UUID key) {
        jdbc.sql("DELETE FROM key_failure WHERE key_id = :id").param("id", key).update();
    }

    private static List<Instant> instants(ResultSet row) throws SQLException {
        return Arrays.stream((Timestamp[]) row.getArray("failed_at").getArray())
                .map(Timestamp::toInstant)
                .toList();
    }

    /** An array as PostgreSQL writes it; instants in ISO form need no quotes. */
    private static String literal(List<Instant> instants) {
        return instants.stream().map(Instant::toString).collect(Collectors.joining(",", "{", "}"));
    }
}
