package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Usage events from Kafka to committed transfers, by a ledger-service of its own: how many a second while there is a
 * backlog, beside pgbench on the same server, and how late each one is at a steady rate. Then what applications ask of
 * the same ledger.
 */
final class LedgerBench {

    private static final int WARM_UP = Integer.getInteger("quotabank.bench.settle-warm-up", 500_000);
    private static final int ROUND = Integer.getInteger("quotabank.bench.settle-warm-up-round", 200_000);
    private static final int BACKLOG = Integer.getInteger("quotabank.bench.settle-events", 800_000);
    private static final int RATE = Integer.getInteger("quotabank.bench.settle-rate", 10_000);
    private static final Duration MEASURE = Bench.seconds("settle-measure", 20);
    private static final Duration LOOK = Duration.ofMillis(10);

    /** Each counts what must not be there. */
    private static final List<String> PROOFS = List.of(
            """
            SELECT count(*) FROM account a LEFT JOIN (
                SELECT account, sum(CASE side WHEN 'credit' THEN amount ELSE -amount END) AS net FROM entry GROUP BY account
            ) e ON e.account = a.id
            WHERE a.posted <> coalesce(e.net, 0) * CASE a.side WHEN 'credit' THEN 1 ELSE -1 END""",
            "SELECT sum(CASE side WHEN 'credit' THEN posted ELSE -posted END) FROM account",
            "SELECT sum(posted) FROM account WHERE kind = 'clearing'",
            """
            SELECT count(*) FROM account a LEFT JOIN (
                SELECT account, sum(amount - settled - released) AS held FROM hold GROUP BY account
            ) h ON h.account = a.id
            WHERE a.held <> coalesce(h.held, 0)""");

    private final Stack stack;
    private final Results results;

    LedgerBench(Stack stack, Results results) {
        this.stack = stack;
        this.results = results;
    }

    void run() throws Exception {
        double floor = floor();
        results.add("pgbench.tps", floor, "1/s");
        try (var ledger = Ledger.open(stack)) {
            var traffic = Traffic.open(ledger.database());
            try (var feed = new UsageFeed(stack.kafka(), traffic)) {
                var backlog = new Backlog(ledger, feed);
                warmUp(ledger, backlog);
                throughput(ledger, backlog, floor);
                ledger.awaitPublished();
                lag(feed);
                prove(feed, ledger);
                new ConsumeBench(ledger, traffic.people(), results).run(MEASURE, floor);
                new HoldBench(ledger, traffic.people(), results).run(MEASURE);
                var leases = new LeaseBench(ledger, traffic.people(), results);
                leases.alone(MEASURE);
                leases.besideEvents(feed, RATE, backlog, MEASURE);
                leases.besideBacklog(backlog, BACKLOG);
                prove(feed, ledger);
                new ReadBench(ledger, traffic.people(), results).run(MEASURE);
                prove(feed, ledger);
            }
        }
    }

    private static void warmUp(Ledger ledger, Backlog backlog) throws Exception {
        Bench.say("ledger: warming up");
        backlog.warmUp(WARM_UP);
        ledger.awaitPublished();
        WarmUp.untilSteady("ledger", "an event, published and sealed", () -> {
            double before = Cpu.micros(ledger.processes());
            backlog.warmUp(ROUND);
            ledger.awaitPublished();
            return (Cpu.micros(ledger.processes()) - before) / ROUND;
        });
    }

    private double floor() throws Exception {
        var postgres = stack.read().path("postgres");
        var pgbench = new Pgbench(
                postgres.path("host").asString(),
                postgres.path("port").asInt(),
                "postgres",
                Ledger.superuserPassword(stack));
        try (var database = Ledger.connect(stack, "postgres");
                var statement = database.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + Pgbench.database());
            statement.execute("CREATE DATABASE " + Pgbench.database());
        }
        Bench.say("ledger: pgbench");
        pgbench.prepare();
        return pgbench.transactionsPerSecond(MEASURE.toSeconds());
    }

    private void throughput(Ledger ledger, Backlog backlog, double floor) throws Exception {
        Bench.say("ledger: making a backlog");
        backlog.make(BACKLOG);
        Bench.say("ledger: settling it");
        long bytes = ledger.size();
        var settled = backlog.settle();
        results.add("settle.events_per_second", settled.perSecond(), "1/s", floor);
        results.add("settle.ledger_cpu_us_per_event", settled.ledgerMicros() / settled.events(), "us");
        results.add("settle.postgres_cpu_us_per_event", settled.postgresMicros() / settled.events(), "us");
        backlog.awaitAll();
        results.add("settle.bytes_per_event", (double) (ledger.size() - bytes) / BACKLOG, "B");
    }

    /** From when an event was due on the topic until the ledger had committed it and its offset. */
    private void lag(UsageFeed feed) throws Exception {
        Bench.say("ledger: " + RATE + " events a second");
        var made = feed.make((int) MEASURE.toSeconds() * RATE);
        var seen = feed.settled();
        var sender = Thread.ofPlatform().start(() -> feed.sendAtRate(made, RATE));
        var lags = new ArrayList<Long>();
        for (boolean last = false; !last; ) {
            last = !sender.isAlive() && Backlog.total(seen) >= feed.sent();
            LockSupport.parkNanos(LOOK.toNanos());
            var now = feed.settled();
            long nowNs = System.nanoTime();
            for (int partition = 0; partition < now.length; partition++) {
                long due = feed.dueNs(partition, seen[partition]);
                // The producer may hear of a record later than the ledger settles it.
                for (; seen[partition] < now[partition] && due > 0; due = feed.dueNs(partition, seen[partition])) {
                    lags.add(nowNs - due);
                    seen[partition]++;
                }
            }
        }
        var sorted = lags.stream().mapToLong(Long::longValue).sorted().toArray();
        var lag = new Load.Result(sorted.length, 0, MEASURE.toSeconds(), sorted);
        results.percentiles("Settlement's lag at " + RATE + " events a second, milliseconds", "lag", sorted);
        results.add("settle.lag_p50_ms", lag.percentileMs(0.5), "ms");
        results.add("settle.lag_p99_ms", lag.percentileMs(0.99), "ms");
    }

    /** Fast and wrong is worth nothing: every different event is settled once, and the books are even. */
    private static void prove(UsageFeed feed, Ledger ledger) throws SQLException {
        long settled = ledger.number("SELECT count(*) FROM settlement");
        if (settled != feed.events()) {
            throw new IllegalStateException(feed.events() + " events were sent and " + settled + " settled");
        }
        for (var proof : PROOFS) {
            if (ledger.number(proof) != 0) {
                throw new IllegalStateException("the books are not even: " + proof);
            }
        }
    }
}
