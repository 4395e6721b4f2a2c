package io.quotabank.ledger.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PartitionIT {

    @Test
    void comingMonthsAndDaysHaveTheirTablesAndOldDaysGo() throws SQLException {
        try (var ledger = Ledger.with(Map.of("quotabank.partition.months-ahead", "5"))) {
            try (var owner = ledger.database().connect(ledger.database().owner());
                    var statement = owner.createStatement()) {
                statement.execute("CREATE TABLE idempotency_key_20200101 PARTITION OF idempotency_key"
                        + " FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')");
            }
            ledger.bean(PartitionJob.class).run();

            assertThat(tables(ledger, "settlement_20%")).isEqualTo(7);
            assertThat(tables(ledger, "transfer_20%")).isEqualTo(7);
            assertThat(tables(ledger, "hold_20%")).isEqualTo(7);
            assertThat(tables(ledger, "idempotency_key_2020%")).isZero();
            assertThat(tables(ledger, "idempotency_key_20%")).isBetween(8L, 9L);
            assertThat(ledger.jdbc().queryForObject("SELECT partition_months(5)", Integer.class))
                    .isZero();
        }
    }

    @Test
    void anIdOfThisMonthIsInItsMonthsTable() throws SQLException {
        var ledger = Ledger.shared();
        var id = TestUsage.IDS.next();
        var floor = ledger.jdbc()
                .queryForObject(
                        "SELECT uuid_floor(date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')::text",
                        String.class);
        assertThat(floor).endsWith("-0000-0000-000000000000");
        assertThat(id.toString()).isGreaterThan(floor);
        new People(ledger).lease(UUID.randomUUID(), 1, 1);
        try (var reader = ledger.database().connect(ledger.database().reader());
                var statement = reader.createStatement();
                var rows = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM hold_default), (SELECT count(*) FROM transfer_default)")) {
            rows.next();
            assertThat(rows.getLong(1) + rows.getLong(2)).isZero();
        }
    }

    @Test
    void theServiceCanNotReachATablesPartitionsPastTheirParent() {
        assertThat(Ledger.shared()
                        .number("SELECT count(*) FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'"
                                + " AND (has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')"
                                + " OR has_table_privilege(c.oid, 'INSERT'))"))
                .isZero();
    }

    private static long tables(Ledger ledger, String name) {
        return ledger.number("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE ?", name);
    }
}
