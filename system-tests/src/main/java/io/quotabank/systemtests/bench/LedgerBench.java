package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/**
 * Usage events from Kafka to committed transfers, by a ledger-service of its own: how many a second while there is a
 * backlog, beside pgbench on the same server, and how late each one is at a steady rate.
 */
final class LedgerBench {

    private static final int WARM_UP = Integer.getInteger("quotabank.bench.settle-warm-up", 500_000);
    private static final int BACKLOG = Integer.getInteger("quotabank.bench.settle-events", 800_000);
    private static final int RATE = Integer.getInteger("quotabank.bench.settle-rate", 10_000);
    private static final Duration MEASURE = Bench.seconds("settle-measure", 20);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    // A backlog's first and last polls are smaller than the others.
    private static final double BEGIN = 0.1;
    private static final double END = 0.95;

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
            SELECT count(*) FROM account a JOIN hold h ON h.account = a.id
            WHERE a.held <> h.amount - h.settled - h.released""");

    /** How far the ledger had come at an instant. */
    private record Progress(long atNs, long settled) {}

    private final Stack stack;
    private final Results results;

    LedgerBench(Stack stack, Results results) {
        this.stack = stack;
        this.results = results;
    }

    void run() throws Exception {
        var pgbench = pgbench();
        try (var database = connect("postgres")) {
            execute(database, "DROP DATABASE IF EXISTS " + Pgbench.database());
            execute(database, "CREATE DATABASE " + Pgbench.database());
        }
        Bench.say("ledger: pgbench");
        pgbench.prepare();
        double floor = pgbench.transactionsPerSecond(MEASURE.toSeconds());
        results.add("pgbench.tps", floor, "1/s");
        try (var database = connect("ledger")) {
            var traffic = Traffic.open(database);
            try (var feed = new UsageFeed(stack.kafka(), traffic)) {
                Bench.say("ledger: warming up");
                send(feed, WARM_UP);
                awaitAll(feed);
                throughput(feed, database, floor);
                lag(feed);
                prove(feed, database);
            }
        }
    }

    private void throughput(UsageFeed feed, Connection database, double floor) throws Exception {
        Bench.say("ledger: making a backlog");
        var ledger = stack.instance("ledger-service", 0).pid();
        signal("-STOP", ledger);
        try {
            send(feed, BACKLOG);
            execute(database, "CHECKPOINT");
        } finally {
            signal("-CONT", ledger);
        }
        Bench.say("ledger: settling it");
        var postgres = Cpu.tree(stack.read()
                .path("services")
                .path("postgres")
                .path(0)
                .path("pid")
                .asLong());
        long bytes = size(database);
        long before = total(feed.settled());
        long backlog = feed.sent() - before;
        var begun = await(feed, before + (long) (backlog * BEGIN));
        double ledgerCpu = Cpu.micros(List.of(ledger));
        double postgresCpu = Cpu.micros(postgres);
        var ended = await(feed, before + (long) (backlog * END));
        long events = ended.settled() - begun.settled();
        double seconds = (ended.atNs() - begun.atNs()) / 1e9;
        results.add("settle.events_per_second", events / seconds, "1/s", floor);
        results.add("settle.ledger_cpu_us_per_event", (Cpu.micros(List.of(ledger)) - ledgerCpu) / events, "us");
        results.add("settle.postgres_cpu_us_per_event", (Cpu.micros(postgres) - postgresCpu) / events, "us");
        awaitAll(feed);
        results.add("settle.bytes_per_event", (double) (size(database) - bytes) / backlog, "B");
    }

    /** From when an event was due on the topic until the ledger had committed it and its offset. */
    private void lag(UsageFeed feed) throws Exception {
        Bench.say("ledger: " + RATE + " events a second");
        var seen = feed.settled();
        var sender = Thread.ofPlatform().start(() -> sendAtRate(feed));
        var lags = new ArrayList<Long>();
        for (boolean last = false; !last; ) {
            last = !sender.isAlive() && total(seen) >= feed.sent();
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

    private static void sendAtRate(UsageFeed feed) {
        long start = System.nanoTime();
        long interval = 1_000_000_000L / RATE;
        for (long i = 0; i < RATE * MEASURE.toSeconds(); i++) {
            long due = start + i * interval;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            feed.send(due);
        }
        feed.flush();
    }

    private static void send(UsageFeed feed, int count) {
        for (int i = 0; i < count; i++) {
            feed.send(System.nanoTime());
        }
        feed.flush();
    }

    private static void awaitAll(UsageFeed feed) throws Exception {
        await(feed, feed.sent());
    }

    private static Progress await(UsageFeed feed, long wanted) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            long settled = total(feed.settled());
            if (settled >= wanted) {
                return new Progress(System.nanoTime(), settled);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        throw new IllegalStateException("the ledger has settled " + total(feed.settled()) + " of " + wanted);
    }

    /** Fast and wrong is worth nothing: every different event is settled once, and the books are even. */
    private static void prove(UsageFeed feed, Connection database) throws SQLException {
        long settled = number(database, "SELECT count(*) FROM settlement");
        if (settled != feed.events()) {
            throw new IllegalStateException(feed.events() + " events were sent and " + settled + " settled");
        }
        for (var proof : PROOFS) {
            if (number(database, proof) != 0) {
                throw new IllegalStateException("the books are not even: " + proof);
            }
        }
    }

    private Pgbench pgbench() throws IOException {
        var postgres = stack.read().path("postgres");
        return new Pgbench(
                postgres.path("host").asString(), postgres.path("port").asInt(), "postgres", superuserPassword());
    }

    private Connection connect(String name) throws IOException, SQLException {
        var postgres = stack.read().path("postgres");
        var url = "jdbc:postgresql://%s:%d/%s"
                .formatted(
                        postgres.path("host").asString(), postgres.path("port").asInt(), name);
        return DriverManager.getConnection(url, "postgres", superuserPassword());
    }

    private String superuserPassword() throws IOException {
        return JsonMapper.shared()
                .readTree(Path.of(stack.directory().toString(), "secrets.json").toFile())
                .path("postgres")
                .asString();
    }

    private static long size(Connection database) throws SQLException {
        return number(database, "SELECT pg_database_size(current_database())");
    }

    private static long number(Connection database, String sql) throws SQLException {
        try (var statement = database.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private static void execute(Connection database, String sql) throws SQLException {
        try (var statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor() != 0) {
            throw new IOException("process " + pid + " took no signal " + signal);
        }
    }

    private static long total(long[] offsets) {
        return Arrays.stream(offsets).sum();
    }
}
