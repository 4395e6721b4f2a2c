package io.quotabank.ledger.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that look after partitions at the same time, as they do when they start together. */
class PartitionRaceIT {

    private static final Ledger LEDGER = Ledger.idle();
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int PROCESSES = 4;
    private static final String WAITING = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query = ?
            """;

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT partition_months(24)", "SELECT partition_days(60)"})
    void whatOneMakesTheOthersFind(String call) throws Exception {
        assertThat(othersWhile(call)).containsOnly(0);
    }

    @Test
    void whatOneDropsTheOthersDoNotMiss() throws Exception {
        LEDGER.asOwner(
                "CREATE TABLE idempotency_key_20200101 PARTITION OF idempotency_key"
                        + " FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')",
                "CREATE TABLE idempotency_key_20200102 PARTITION OF idempotency_key"
                        + " FOR VALUES FROM ('2020-01-02') TO ('2020-01-03')");

        assertThat(othersWhile("SELECT partition_days(0)")).containsOnly(0);

        assertThat(LEDGER.number("SELECT count(*) FROM pg_class WHERE relname LIKE 'idempotency_key_2020%'"))
                .isZero();
    }

    /** What others make, who begin while a first one has not yet committed. */
    private static List<Integer> othersWhile(String call) throws Exception {
        try (var first = service();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            first.setAutoCommit(false);
            made(first, call);
            var others = new ArrayList<Future<Integer>>();
            for (int i = 1; i < PROCESSES; i++) {
                others.add(threads.submit((Callable<Integer>) () -> {
                    try (var other = service()) {
                        return made(other, call);
                    }
                }));
            }
            await().atMost(LONG).until(() -> LEDGER.number(WAITING, call) == others.size());
            first.commit();
            var made = new ArrayList<Integer>();
            for (var other : others) {
                made.add(other.get());
            }
            return made;
        }
    }

    private static Connection service() throws SQLException {
        return LEDGER.database().connect(LEDGER.database().service());
    }

    private static int made(Connection connection, String call) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(call)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
