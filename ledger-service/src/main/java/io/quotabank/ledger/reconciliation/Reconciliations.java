package io.quotabank.ledger.reconciliation;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.platform.id.Ids;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves the books against themselves, all from one snapshot, so that it is right while they change; then settlement
 * against the usage events.
 */
@Service
class Reconciliations {

    /**
     * @param actor who asked for it
     * @param agrees whether every proof was made and holds
     */
    record Run(UUID id, String actor, Instant startedAt, Instant endedAt, boolean agrees, List<Proof> proofs) {
        Run {
            proofs = List.copyOf(proofs);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Reconciliations.class);

    // Any number will do that nothing else in this database takes for its advisory locks.
    private static final String ALONE = "SELECT pg_try_advisory_xact_lock(7101)";

    private static final String KEEP = """
            INSERT INTO reconciliation_run (id, actor, started_at, ended_at, agrees, proofs)
            VALUES (:id, :actor, :started, :ended, :agrees, CAST(:proofs AS jsonb))
            """;

    private static final String NEWEST = """
            SELECT id, actor, started_at, ended_at, agrees, proofs FROM reconciliation_run
            ORDER BY started_at DESC LIMIT 1
            """;

    private final JdbcClient jdbc;
    private final TransactionTemplate snapshot;
    private final JsonMapper json;
    private final Ids ids;
    private final Clock clock;
    private final ReconciliationProperties properties;
    private final UsageEventsProof usageEvents;
    private final AtomicLong differences;
    private final AtomicLong unproven;

    Reconciliations(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            JsonMapper json,
            Ids ids,
            Clock clock,
            MeterRegistry registry,
            ReconciliationProperties properties,
            UsageEventsProof usageEvents) {
        this.jdbc = jdbc;
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.snapshot.setReadOnly(true);
        this.json = json;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
        this.usageEvents = usageEvents;
        // Proofs of the newest run here that do not agree, and those that could not be made.
        this.differences = registry.gauge("quotabank.ledger.reconciliation.differences", new AtomicLong());
        this.unproven = registry.gauge("quotabank.ledger.reconciliation.unproven", new AtomicLong());
    }

    /** Empty where one is running already. */
    Optional<Run> run(String actor) {
        var startedAt = now();
        var proofs = new ArrayList<>(prove());
        if (proofs.isEmpty()) {
            return Optional.empty();
        }
        // Outside the snapshot: it waits for others, and no transaction is open meanwhile.
        proofs.add(usageEvents.prove());
        boolean agrees = proofs.stream().allMatch(Proof::agrees);
        var run = new Run(ids.next(), actor, startedAt, now(), agrees, proofs);
        keep(run);
        tell(run);
        return Optional.of(run);
    }

    Optional<Run> newest() {
        return jdbc.sql(NEWEST).query((row, index) -> run(row)).optional();
    }

    // As exact as the database keeps it.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** None where another is proving. */
    private List<Proof> prove() {
        return snapshot.execute(status -> {
            if (!jdbc.sql(ALONE).query(Boolean.class).single()) {
                return List.of();
            }
            jdbc.sql("SELECT set_config('statement_timeout', ?, true)")
                    .param(Long.toString(properties.longest().toMillis()))
                    .query(String.class)
                    .single();
            return Proofs.ALL.entrySet().stream()
                    .map(proof -> prove(proof.getKey(), proof.getValue()))
                    .toList();
        });
    }

    private Proof prove(String name, String sql) {
        return jdbc.sql(sql)
                .query((row, index) -> Proof.of(name, decimal(row, 1), decimal(row, 2), row.getLong(3), texts(row)))
                .single();
    }

    private void keep(Run run) {
        jdbc.sql(KEEP)
                .param("id", run.id())
                .param("actor", run.actor())
                .param("started", Timestamp.from(run.startedAt()))
                .param("ended", Timestamp.from(run.endedAt()))
                .param("agrees", run.agrees())
                .param("proofs", json.writeValueAsString(run.proofs()))
                .update();
    }

    private void tell(Run run) {
        var differing = run.proofs().stream().filter(Proof::differs).toList();
        differences.set(differing.size());
        unproven.set(
                run.proofs().stream().filter(proof -> proof.unproven() != null).count());
        for (var proof : run.proofs()) {
            if (proof.unproven() != null) {
                LOG.warn("not proven: {}: {}", proof.name(), proof.unproven());
            }
        }
        for (var proof : differing) {
            LOG.error(
                    "the books do not agree: {}: expected {}, actual {}, {} rows, such as {}",
                    proof.name(),
                    proof.expected(),
                    proof.actual(),
                    proof.differing(),
                    proof.examples());
        }
    }

    private Run run(ResultSet row) throws SQLException {
        return new Run(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getTimestamp(3).toInstant(),
                row.getTimestamp(4).toInstant(),
                row.getBoolean(5),
                List.of(json.readValue(row.getString(6), Proof[].class)));
    }

    private static BigDecimal decimal(ResultSet row, int column) throws SQLException {
        var value = row.getBigDecimal(column);
        return value == null ? BigDecimal.ZERO : value;
    }

    private static List<String> texts(ResultSet row) throws SQLException {
        var array = row.getArray(4);
        return array == null
                ? List.of()
                : Arrays.stream((String[]) array.getArray()).toList();
    }
}
