package io.quotabank.ledger.reconciliation;

import io.quotabank.ledger.reconciliation.Reconciliations.Run;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Runs as they were made, never changed. */
@Repository
class RunStore {

    private static final String KEEP = """
            INSERT INTO reconciliation_run (id, actor, started_at, ended_at, in_full, agrees, proofs)
            VALUES (:id, :actor, :started, :ended, :full, :agrees, CAST(:proofs AS jsonb))
            """;

    private static final String NEWEST = """
            SELECT id, actor, started_at, ended_at, in_full, agrees, proofs FROM reconciliation_run
            ORDER BY started_at DESC LIMIT 1
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RunStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    Optional<Run> newest() {
        return jdbc.sql(NEWEST).query((row, index) -> run(row)).optional();
    }

    void insert(Run run) {
        jdbc.sql(KEEP)
                .param("id", run.id())
                .param("actor", run.actor())
                .param("started", Timestamp.from(run.startedAt()))
                .param("ended", Timestamp.from(run.endedAt()))
                .param("full", run.full())
                .param("agrees", run.agrees())
                .param("proofs", json.writeValueAsString(run.proofs()))
                .update();
    }

    private Run run(ResultSet row) throws SQLException {
        return new Run(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getTimestamp(3).toInstant(),
                row.getTimestamp(4).toInstant(),
                row.getBoolean(5),
                row.getBoolean(6),
                List.of(json.readValue(row.getString(7), Proof[].class)));
    }
}
