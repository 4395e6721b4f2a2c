package io.quotabank.ledger.settlement;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints how many events a second are settled, beside the database's own floor (TPC-B as pgbench runs it, 8 connections,
 * on the same server in the same sitting). Give it a durable server: {@code QUOTABANK_TEST_POSTGRES}; the one that tests
 * start is not. Arguments: seconds per row, buyers a thread.
 */
public final class SettlementBench {

    private static final int OWNERS = 5_000;
    private static final int FLOOR_CONNECTIONS = 8;
    private static final int FLOOR_ACCOUNTS = 100_000;

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 8;
        int buyers = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
        try (var ledger = Ledger.idle()) {
            System.out.printf(
                    "TPC-B floor, %d connections: %,d/s%n", FLOOR_CONNECTIONS, floor(ledger.database(), seconds));
            var leases = List.of(leases(ledger, buyers), leases(ledger, buyers));
            run(ledger, leases, 1, 300, seconds);
            for (int batch : new int[] {300, 1_000}) {
                for (int threads : new int[] {1, 2}) {
                    long perSecond = run(ledger, leases, threads, batch, seconds);
                    System.out.printf("batch %,5d, %d threads: %,d events/s%n", batch, threads, perSecond);
                }
            }
            System.out.println("differences: " + ledger.differences());
        }
    }

    private record Lease(UUID user, UUID id) {}

    /** Opened by the owner's role in a few statements: this is not what is measured. */
    private static List<Lease> leases(Ledger ledger, int count) throws SQLException {
        var leases = IntStream.range(0, count)
                .mapToObj(i -> new Lease(UUID.randomUUID(), TestUsage.IDS.next()))
                .toList();
        try (var owner = ledger.database().connect(ledger.database().owner());
                var open = owner.prepareStatement("""
                        WITH x AS (SELECT * FROM unnest(?::uuid[], ?::uuid[]) AS x (person, hold)),
                        a AS (INSERT INTO account (code, kind, side, person, posted, held, seq)
                              SELECT 'user:' || person, 'user', 'credit', person, 1e12, 1e12, 1 FROM x
                              RETURNING id, person),
                        g AS (INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer)
                              SELECT 'signup:' || person, id, 'signup', 1, 1e12, now() + interval '1 day', uuidv7()
                              FROM a RETURNING account, transfer),
                        t AS (INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq,
                                                    credit_seq, type)
                              SELECT transfer, 1, account, 1e12, i.posted + n * 1e12, 1e12, i.seq + n, 1, 'bonus'
                              FROM (SELECT *, row_number() OVER () AS n FROM g) AS g, account i WHERE i.id = 1),
                        i AS (UPDATE account SET posted = posted + 1e12 * (SELECT count(*) FROM x),
                                  debited = debited + 1e12 * (SELECT count(*) FROM x), seq = seq + (SELECT count(*) FROM x)
                              WHERE id = 1)
                        INSERT INTO hold (id, account, kind, instance, recall_url, amount, opened_uptime_ms)
                        SELECT x.hold, a.id, 'lease', 'bench', 'http://127.0.0.1:9/', 1e12, 0
                        FROM x JOIN a ON a.person = x.person
                        """)) {
            open.setArray(
                    1,
                    owner.createArrayOf("uuid", leases.stream().map(Lease::user).toArray()));
            open.setArray(
                    2,
                    owner.createArrayOf("uuid", leases.stream().map(Lease::id).toArray()));
            open.executeUpdate();
        }
        return leases;
    }

    private static long run(Ledger ledger, List<List<Lease>> leases, int threads, int batch, int seconds)
            throws Exception {
        var work = new ArrayList<Callable<Long>>();
        for (int thread = 0; thread < threads; thread++) {
            int partition = thread;
            work.add(() -> settle(ledger, leases.get(partition), partition, batch, seconds));
        }
        try (var executor = Executors.newFixedThreadPool(threads)) {
            long settled = 0;
            for (var done : executor.invokeAll(work)) {
                settled += done.get();
            }
            return settled / seconds;
        }
    }

    /** As from the topic: decoding is part of it. Making the records is not. */
    private static long settle(Ledger ledger, List<Lease> leases, int partition, int batch, int seconds) {
        var settlements = ledger.bean(Settlements.class);
        var json = ledger.bean(JsonMapper.class);
        var random = new Random(partition);
        var cpu = ManagementFactory.getThreadMXBean();
        long busy = 0;
        long used = 0;
        long settled = 0;
        while (busy < seconds * 1_000_000_000L) {
            var records = new ArrayList<ConsumerRecord<String, byte[]>>();
            for (int i = 0; i < batch; i++) {
                records.add(record(event(leases, random), partition, settled + i));
            }
            long start = System.nanoTime();
            long cpuStart = cpu.getCurrentThreadCpuTime();
            var usages = records.stream()
                    .map(record -> Reading.of(record, partition, record.offset(), json))
                    .map(reading -> ((Reading.Settleable) reading).usage())
                    .toList();
            settlements.settle(usages);
            busy += System.nanoTime() - start;
            used += cpu.getCurrentThreadCpuTime() - cpuStart;
            settled += batch;
        }
        System.out.printf("  a thread's own CPU: %.1f us an event%n", used / 1e3 / settled);
        return settled;
    }

    private static Closed event(List<Lease> leases, Random random) {
        var lease = leases.get(zipf(leases.size(), random) - 1);
        var owner = new UUID(7, zipf(OWNERS, random));
        long cost = random.nextLong(1_000, 10_000);
        return TestUsage.of(lease.user())
                .cost(cost)
                .from(lease.id(), cost)
                .served(owner, cost)
                .closed();
    }

    /** 1 to n, each about as often as one in its rank: few are met often, many hardly. */
    private static int zipf(int n, Random random) {
        return (int) Math.pow(n, random.nextDouble());
    }

    private static ConsumerRecord<String, byte[]> record(Closed event, int partition, long offset) {
        var sent = UsageTopic.record(event);
        var record = new ConsumerRecord<>(sent.topic(), partition, offset, sent.key(), sent.value());
        sent.headers().forEach(record.headers()::add);
        return record;
    }

    private static long floor(Database database, int seconds) throws Exception {
        try (var owner = database.connect(database.owner());
                var make = owner.createStatement()) {
            make.execute("CREATE TABLE bench_account AS SELECT g AS id, 0 AS balance FROM generate_series(1, "
                    + FLOOR_ACCOUNTS + ") g");
            make.execute("ALTER TABLE bench_account ADD PRIMARY KEY (id)");
            make.execute("CREATE TABLE bench_teller AS SELECT g AS id, 0 AS balance FROM generate_series(1, 500) g");
            make.execute("ALTER TABLE bench_teller ADD PRIMARY KEY (id)");
            make.execute("CREATE TABLE bench_branch AS SELECT g AS id, 0 AS balance FROM generate_series(1, 50) g");
            make.execute("ALTER TABLE bench_branch ADD PRIMARY KEY (id)");
            make.execute("CREATE TABLE bench_history (t int, b int, a int, delta int, at timestamptz)");
        }
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        try (var executor = Executors.newFixedThreadPool(FLOOR_CONNECTIONS)) {
            long done = 0;
            var clients = IntStream.range(0, FLOOR_CONNECTIONS)
                    .<Callable<Long>>mapToObj(seed -> () -> tpcB(database, new Random(seed), until))
                    .toList();
            for (var client : executor.invokeAll(clients)) {
                done += client.get();
            }
            return done / seconds;
        }
    }

    private static long tpcB(Database database, Random random, long until) throws SQLException {
        try (var connection = database.connect(database.owner())) {
            connection.setAutoCommit(false);
            long done = 0;
            for (; System.nanoTime() < until; done++) {
                int account = 1 + random.nextInt(FLOOR_ACCOUNTS);
                int teller = 1 + random.nextInt(500);
                int branch = 1 + teller / 10 % 50;
                int delta = random.nextInt(10_000) - 5_000;
                update(connection, "UPDATE bench_account SET balance = balance + ? WHERE id = ?", delta, account);
                update(connection, "UPDATE bench_teller SET balance = balance + ? WHERE id = ?", delta, teller);
                update(connection, "UPDATE bench_branch SET balance = balance + ? WHERE id = ?", delta, branch);
                update(
                        connection,
                        "INSERT INTO bench_history VALUES (?, ?, ?, ?, now())",
                        teller,
                        branch,
                        account,
                        delta);
                connection.commit();
            }
            return done;
        }
    }

    private static void update(Connection connection, String sql, int... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setInt(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private SettlementBench() {}
}
