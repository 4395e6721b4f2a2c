package io.quotabank.ledger.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.quotabank.ledger.Ledger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class RoundTripIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final JdbcTemplate JDBC = LEDGER.bean(JdbcTemplate.class);
    private static final long FEW = 10;

    @Test
    void eachStatementSeesWhatThoseBeforeItDidAndIsAnsweredInItsTurn() {
        LEDGER.undone(() -> {
            var written = new AtomicInteger();
            var seen = new ArrayList<Long>();
            var trip = new RoundTrip();
            trip.query("SELECT ms FROM uptime", FEW, columns -> {}, row -> seen.add(row.getLong(1)));
            trip.update("UPDATE uptime SET ms = ms + ?", columns -> columns.number(5), written::set);
            trip.query(
                    "SELECT ms FROM uptime WHERE ms > ?",
                    FEW,
                    columns -> columns.number(-1),
                    row -> seen.add(row.getLong(1)));
            trip.query("SELECT ms FROM uptime WHERE ms < ?", FEW, columns -> columns.number(0), row -> seen.clear());
            trip.run(JDBC);
            assertThat(written).hasValue(1);
            assertThat(seen).hasSize(2);
            assertThat(seen.getLast() - seen.getFirst()).isEqualTo(5);
        });
    }

    @Test
    void afterOneThatFailsNothingIsDone() {
        LEDGER.undone(() -> {
            var written = new AtomicInteger();
            var trip = new RoundTrip();
            trip.query("SELECT 1 / ?", FEW, columns -> columns.number(0), row -> {});
            trip.update("UPDATE uptime SET ms = ms + ?", columns -> columns.number(5), written::set);
            assertThatThrownBy(() -> trip.run(JDBC)).isInstanceOf(DataAccessException.class);
            assertThat(written).hasValue(0);
        });
    }

    @Test
    void nothingIsSentWhereThereIsNothing() {
        new RoundTrip().run(JDBC);
    }

    @Test
    @Timeout(value = 60, threadMode = SEPARATE_THREAD)
    void manyRowsAreReadBeforeMoreIsSent() {
        LEDGER.undone(() -> {
            var rows = new AtomicInteger();
            int many = 100_000;
            var trip = new RoundTrip();
            trip.query(
                    "SELECT repeat('x', 1000) FROM generate_series(1, ?)",
                    many * 1_000L,
                    columns -> columns.number(many),
                    row -> rows.incrementAndGet());
            trip.query(
                    "SELECT cardinality(?)",
                    FEW,
                    columns -> columns.longs(new long[10_000_000]),
                    row -> rows.addAndGet(row.getInt(1)));
            trip.run(JDBC);
            assertThat(rows).hasValue(many + 10_000_000);
        });
    }

    @Test
    @Timeout(value = 60, threadMode = SEPARATE_THREAD)
    void fewRowsOfEachOfManyAreReadBeforeMoreIsSent() {
        LEDGER.undone(() -> {
            var rows = new AtomicInteger();
            var trip = new RoundTrip();
            for (int i = 0; i < 1_000; i++) {
                trip.query(
                        "SELECT repeat('x', 1000) FROM generate_series(1, ?)",
                        40_000,
                        columns -> columns.number(40),
                        row -> rows.incrementAndGet());
            }
            trip.query(
                    "SELECT cardinality(?)",
                    FEW,
                    columns -> columns.longs(new long[10_000_000]),
                    row -> rows.addAndGet(row.getInt(1)));
            trip.run(JDBC);
            assertThat(rows).hasValue(10_040_000);
        });
    }

    @Test
    void whatIsSetForATripWithoutATransactionEndsWithIt() throws SQLException {
        try (var connection = LEDGER.database().connect(LEDGER.database().service())) {
            var jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            var seen = new ArrayList<String>();
            // More often than the driver needs to have the server prepare them.
            for (int i = 0; i < 8; i++) {
                var trip = new RoundTrip();
                trip.query("SELECT current_setting('work_mem')", FEW, columns -> {}, row -> seen.add(row.getString(1)));
                trip.query("SELECT set_config('work_mem', '9MB', true)", FEW, columns -> {}, row -> {});
                trip.query("SELECT current_setting('work_mem')", FEW, columns -> {}, row -> seen.add(row.getString(1)));
                trip.run(jdbc);
            }
            assertThat(seen.get(1)).isEqualTo("9MB").isNotEqualTo(seen.getFirst());
            assertThat(seen.subList(2, 16)).isEqualTo(seen.subList(0, 14));
        }
    }

    @Test
    void theServerPreparesEachOfThemOnce() {
        LEDGER.undone(() -> {
            for (int i = 0; i < 20; i++) {
                var trip = new RoundTrip();
                trip.query(
                        "SELECT 'first of a trip', unnest(?)",
                        FEW,
                        columns -> columns.longs(new long[] {1}),
                        row -> {});
                trip.query(
                        "SELECT 'second of a trip', unnest(?)",
                        FEW,
                        columns -> columns.longs(new long[] {1}),
                        row -> {});
                trip.run(JDBC);
            }
            var uses = JDBC.queryForList(
                    "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%of a trip%'",
                    Long.class);
            assertThat(uses).hasSize(2).allSatisfy(times -> assertThat(times).isGreaterThan(10));
        });
    }
}
