package io.quotabank.ledger.reconciliation;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.reconciliation.ReconciliationRecord;
import io.quotabank.contracts.reconciliation.ReconciliationRecord.Difference;
import io.quotabank.ledger.batch.LongStatements;
import io.quotabank.ledger.lock.Lock;
import io.quotabank.ledger.seal.Seals;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves the books against themselves, all from one snapshot, so that it is right while they change; then settlement
 * against the usage events. A run goes on from the point that the last run that agreed has proven, or begins at the
 * beginning where it is asked for in full. One that finds a difference leaves the point where it is: the next one finds
 * it, too.
 */
@Service
class Reconciliations {

    /**
     * @param actor who asked for it
     * @param full whether everything was read, and not only what is new
     * @param agrees whether every proof was made and holds
     */
    record Run(
            UUID id,
            String actor,
            Instant startedAt,
            Instant endedAt,
            boolean full,
            boolean agrees,
            List<Proof> proofs) {
        Run {
            proofs = List.copyOf(proofs);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Reconciliations.class);

    static final String SEALED = "sealed_blocks_are_as_sealed";

    private static final int EXAMPLES = 20;

    private static final String ALONE = Lock.RECONCILIATION.tryToTake();

    private static final String TURN =
            "UPDATE reconciliation_turn SET started_at = :started WHERE started_at <= :since";

    // Each five minutes, and whoever waits for an answer meanwhile has the other processors.
    private static final String BESIDE_OTHER_WORK = "SET LOCAL max_parallel_workers_per_gather = 0";

    private static final Instant FOR_EVER = Instant.parse("9999-12-31T00:00:00Z");

    /** What was proved, and from where. */
    private record Books(ProvenPoint from, List<Proof> proofs) {}

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final TransactionTemplate snapshot;
    private final TransactionTemplate transaction;
    private final ProvenStore proven;
    private final Seals seals;
    private final ApplicationEventPublisher events;
    private final RunStore runs;
    private final Ids ids;
    private final Clock clock;
    private final ReconciliationProperties properties;
    private final UsageEventsProof usageEvents;
    private final AtomicLong differences;
    private final AtomicLong unproven;

    Reconciliations(
            JdbcTemplate template,
            PlatformTransactionManager transactions,
            RunStore runs,
            Ids ids,
            Clock clock,
            MeterRegistry registry,
            ReconciliationProperties properties,
            ProvenStore proven,
            Seals seals,
            ApplicationEventPublisher events,
            UsageEventsProof usageEvents) {
        this.jdbc = JdbcClient.create(template);
        this.template = template;
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.transaction = new TransactionTemplate(transactions);
        this.proven = proven;
        this.seals = seals;
        this.events = events;
        this.runs = runs;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
        this.usageEvents = usageEvents;
        // Proofs of the newest run here that do not agree, and those that could not be made.
        this.differences = registry.gauge("quotabank.ledger.reconciliation.differences", new AtomicLong());
        this.unproven = registry.gauge("quotabank.ledger.reconciliation.unproven", new AtomicLong());
    }

    /**
     * Empty where one is running already.
     *
     * @param full whether nothing is taken as proven
     */
    Optional<Run> run(String actor, boolean full) {
        return run(actor, full, null);
    }

    /** Of what is new. Empty where one is running already, or has begun since. */
    Optional<Run> runUnlessSince(Instant since, String actor) {
        return run(actor, false, since);
    }

    private Optional<Run> run(String actor, boolean full, @Nullable Instant unlessSince) {
        var startedAt = now();
        var books = prove(full, startedAt, unlessSince);
        if (books.isEmpty()) {
            return Optional.empty();
        }
        var from = books.get().from();
        var proofs = new ArrayList<>(books.get().proofs());
        // Outside the snapshot: it waits for others, and no transaction is open meanwhile.
        if (properties.usageLog()) {
            proofs.add(compareWithEvents(from, startedAt));
        }
        boolean agrees = proofs.stream().allMatch(Proof::agrees);
        var run = new Run(ids.next(), actor, startedAt, now(), from.isNone(), agrees, proofs);
        keep(run);
        tell(run);
        return Optional.of(run);
    }

    private Proof compareWithEvents(ProvenPoint from, Instant startedAt) {
        var compared = usageEvents.prove(
                from.eventsAt().equals(Instant.EPOCH)
                        ? Instant.EPOCH
                        : from.eventsAt().minus(properties.eventsSince()));
        if (compared.agrees()) {
            proven.eventsAgreed(startedAt);
        }
        return compared;
    }

    Optional<Run> newest() {
        return runs.newest();
    }

    // As exact as the database keeps it.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Empty where another is proving. */
    private Optional<Books> prove(boolean full, Instant startedAt, @Nullable Instant unlessSince) {
        try {
            var books = snapshot.execute(
                    status -> isMyTurn(startedAt, unlessSince) ? Optional.of(prove(full)) : Optional.<Books>empty());
            return books == null ? Optional.empty() : books;
        } catch (ConcurrencyFailureException another) {
            // It ended between this one's snapshot and its lock.
            return Optional.empty();
        }
    }

    private boolean isMyTurn(Instant startedAt, @Nullable Instant unlessSince) {
        return jdbc.sql(ALONE).query(Boolean.class).single()
                && 1
                        == jdbc.sql(TURN)
                                .param("started", Timestamp.from(startedAt))
                                .param("since", Timestamp.from(unlessSince == null ? FOR_EVER : unlessSince))
                                .update();
    }

    private Books prove(boolean full) {
        LongStatements.allow(template, properties.longest());
        if (!full) {
            jdbc.sql(BESIDE_OTHER_WORK).update();
        }
        var from = full ? ProvenPoint.NONE : proven.point();
        var proofs = new ArrayList<Proof>();
        Proofs.from(from).forEach((name, sql) -> proofs.add(prove(name, sql)));
        var sealed = seals.check(from.block() + 1);
        proofs.add(Proof.of(
                SEALED,
                BigDecimal.valueOf(sealed.checked()),
                BigDecimal.valueOf(sealed.checked() - sealed.wrong().size()),
                sealed.wrong().size(),
                sealed.wrong().stream().limit(EXAMPLES).toList()));
        if (proofs.stream().allMatch(Proof::agrees)) {
            proven.advance(from, sealed.upTo());
        }
        return new Books(from, proofs);
    }

    private Proof prove(String name, String sql) {
        return jdbc.sql(sql)
                .query((row, index) -> Proof.of(name, decimal(row, 1), decimal(row, 2), row.getLong(3), texts(row)))
                .single();
    }

    private void keep(Run run) {
        transaction.executeWithoutResult(status -> {
            runs.insert(run);
            var differences = run.proofs().stream()
                    .filter(Proof::differs)
                    .map(Reconciliations::difference)
                    .toList();
            if (!differences.isEmpty()) {
                events.publishEvent(new ReconciliationRecord(
                        run.id(),
                        run.actor(),
                        run.startedAt().toEpochMilli(),
                        run.endedAt().toEpochMilli(),
                        differences));
            }
        });
    }

    private static Difference difference(Proof proof) {
        return new Difference(proof.name(), proof.expected(), proof.actual(), proof.differing(), proof.examples());
    }

    /** The newest run's figures become this process's, whoever made it. */
    void showNewest() {
        newest().ifPresent(this::show);
    }

    private void show(Run run) {
        differences.set(run.proofs().stream().filter(Proof::differs).count());
        unproven.set(
                run.proofs().stream().filter(proof -> proof.unproven() != null).count());
    }

    private void tell(Run run) {
        show(run);
        var differing = run.proofs().stream().filter(Proof::differs).toList();
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
