package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A start on the database of the release before, with its rows in place and its processes still at work. */
class MigrationIT {

    private static final int PEOPLE = 12;
    private static final int WRITERS = 3;

    // A statement that waits longer for a lock than this fails, and the test with it.
    private static final String BOUND = "SET lock_timeout = '3s'";

    // In order of their numbers, as everybody locks them.
    private static final String LOCK = """
            SELECT id FROM account WHERE code IN ('issued:grants', 'issued:recharges', 'user:%1$s', 'clearing:%2$s',
                'revenue:%2$s') ORDER BY id FOR NO KEY UPDATE""";

    private static final String OPEN = """
            INSERT INTO account (code, kind, side, person) VALUES ('user:%1$s', 'user', 'credit', '%1$s')
            ON CONFLICT DO NOTHING;
            INSERT INTO account (code, kind, side) VALUES ('clearing:%2$s', 'clearing', 'credit'),
                ('revenue:%2$s', 'revenue', 'credit') ON CONFLICT DO NOTHING""";

    private static final String SIGN_UP = """
            WITH t AS (
                INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
                SELECT uuidv7(), i.id, u.id, 520000000, i.posted + 520000000, u.posted + 520000000, i.seq + 1, u.seq + 1,
                    'bonus'
                FROM account i, account u WHERE i.code = 'issued:grants' AND u.code = 'user:%1$s' RETURNING id, credit)
            INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer)
            SELECT 'signup:%1$s', credit, 'signup', 10, 520000000, now() + interval '90 days', id FROM t;
            UPDATE account SET posted = posted + 520000000, seq = seq + 1,
                debited = debited + CASE code WHEN 'issued:grants' THEN 520000000 ELSE 0 END
            WHERE code IN ('issued:grants', 'user:%1$s')""";

    private static final String RECHARGE = """
            WITH t AS (
                INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
                SELECT uuidv7(), i.id, u.id, 5000000, i.posted + 5000000, u.posted + 5000000, i.seq + 1, u.seq + 1,
                    'recharge'
                FROM account i, account u WHERE i.code = 'issued:recharges' AND u.code = 'user:%1$s'
                RETURNING id, credit, credit_after)
            INSERT INTO recharge (id, account, credits, amount_fen, body_digest, balance_after, actor)
            SELECT id, credit, 5000000, 500, '', credit_after, 'somebody' FROM t;
            UPDATE account SET posted = posted + 5000000, seq = seq + 1,
                debited = debited + CASE code WHEN 'issued:recharges' THEN 5000000 ELSE 0 END
            WHERE code IN ('issued:recharges', 'user:%1$s')""";

    private static final String LEASE = """
            INSERT INTO hold (id, account, kind, instance, recall_url, amount, opened_uptime_ms)
            SELECT '%2$s', id, 'lease', 'proxy-1', 'http://127.0.0.1:9/', 100000, 0 FROM account
            WHERE code = 'user:%1$s';
            UPDATE account SET held = held + 100000 WHERE code = 'user:%1$s'""";

    // A request of 20,000 micro-credits from a lease, all of it the platform's.
    private static final String SETTLE = """
            INSERT INTO settlement (request, account, digest, cost, served, charge, loss, owners_part, platform_part, hold,
                attempts, fundings, model, price_version, markup_bp, input_tokens, output_tokens, cache_read_tokens,
                cache_creation_tokens, reasoning_tokens, outcome, topic_partition, topic_offset)
            SELECT '%3$s', id, gen_random_uuid(), 20000, 20000, 20000, 0, 0, 20000, '%4$s', 1, 1, 'm', 1, 13000,
                0, 0, 0, 0, 0, 'completed', 0, 0 FROM account WHERE code = 'user:%1$s';
            INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
            SELECT '%3$s', u.id, c.id, 20000, u.posted - 20000, 20000, u.seq + 1, c.seq + 1, 'proxy_usage'
            FROM account u, account c WHERE u.code = 'user:%1$s' AND c.code = 'clearing:%2$s';
            INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
            SELECT uuidv7(), c.id, r.id, 20000, 0, r.posted + 20000, c.seq + 2, r.seq + 1, 'proxy_revenue'
            FROM account c, account r WHERE c.code = 'clearing:%2$s' AND r.code = 'revenue:%2$s';
            UPDATE account SET posted = posted - 20000, held = held - 20000, debited = debited + 20000, seq = seq + 1
            WHERE code = 'user:%1$s';
            UPDATE account SET debited = debited + 20000, seq = seq + 2 WHERE code = 'clearing:%2$s';
            UPDATE account SET posted = posted + 20000, seq = seq + 1 WHERE code = 'revenue:%2$s';
            UPDATE hold SET settled = settled + 20000 WHERE id = '%4$s'""";

    private final AtomicInteger signUps = new AtomicInteger();
    private final AtomicInteger recharges = new AtomicInteger();
    private final AtomicInteger settlements = new AtomicInteger();

    @Test
    void goesOnWhileProcessesOfTheReleaseBeforeWriteAndLosesNothing() throws Exception {
        var database = TestPostgres.fresh("ledger");
        Migrations.migrate(database, Migrations.OF_THE_RELEASE_BEFORE);
        try (var connection = service(database)) {
            for (int i = 0; i < PEOPLE; i++) {
                live(connection, "before");
            }
        }
        var stopping = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < WRITERS; i++) {
                var part = "p" + i;
                writers.add(threads.submit(() -> write(database, part, stopping)));
            }
            goneOn();
            Migrations.migrate(database, Migrations.LATEST);
            goneOn();
            stopping.set(true);
            for (var writer : writers) {
                assertThat(written(writer)).isPositive();
            }
        }
        try (var ledger = Ledger.on(database, Map.of())) {
            assertThat(ledger.number("SELECT count(*) FROM credit_grant")).isEqualTo(signUps.get());
            assertThat(ledger.number("SELECT count(*) FROM recharge")).isEqualTo(recharges.get());
            assertThat(ledger.number("SELECT count(*) FROM settlement")).isEqualTo(settlements.get());
            assertThat(ledger.number("SELECT count(*) FROM transfer"))
                    .isEqualTo(signUps.get() + recharges.get() + 2L * settlements.get());
            assertThat(ledger.number("SELECT count(*) FROM account WHERE kind = 'user' AND next_expiry IS NULL"))
                    .as("gifts that would never expire")
                    .isZero();
            assertThat(ledger.number("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"))
                    .isZero();
            assertThat(ledger.differences()).isEmpty();
            new Application(ledger).opened(UUID.randomUUID(), "10");
            try (var connection = service(database)) {
                live(connection, "after");
            }
            assertThat(ledger.differences()).isEmpty();
        }
    }

    /** A number of lives more than there were. */
    private void goneOn() {
        int enough = signUps.get() + 2 * WRITERS;
        await().until(() -> signUps.get() >= enough);
    }

    private int write(Database database, String part, AtomicBoolean stopping) throws SQLException {
        int lives = 0;
        try (var connection = service(database)) {
            while (!stopping.get()) {
                live(connection, part);
                lives++;
            }
        }
        return lives;
    }

    /** A person signs up, leases, is charged, recharges, and is charged again. */
    private void live(Connection connection, String part) throws SQLException {
        var person = UUID.randomUUID();
        var lease = TestUsage.IDS.next();
        transaction(connection, List.of(OPEN.formatted(person, part)));
        var lock = LOCK.formatted(person, part);
        transaction(connection, List.of(lock, SIGN_UP.formatted(person)));
        signUps.incrementAndGet();
        transaction(connection, List.of(lock, LEASE.formatted(person, lease)));
        transaction(connection, List.of(lock, SETTLE.formatted(person, part, TestUsage.IDS.next(), lease)));
        settlements.incrementAndGet();
        transaction(connection, List.of(lock, RECHARGE.formatted(person)));
        recharges.incrementAndGet();
        transaction(connection, List.of(lock, SETTLE.formatted(person, part, TestUsage.IDS.next(), lease)));
        settlements.incrementAndGet();
    }

    private static void transaction(Connection connection, List<String> statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }

    private static Connection service(Database database) throws SQLException {
        var connection = database.connect(database.service());
        try (var statement = connection.createStatement()) {
            statement.execute(BOUND);
        }
        connection.setAutoCommit(false);
        return connection;
    }

    private static int written(Future<Integer> writer) throws InterruptedException {
        try {
            return writer.get();
        } catch (ExecutionException failed) {
            throw new AssertionError("a process of the release before was refused", failed.getCause());
        }
    }
}
