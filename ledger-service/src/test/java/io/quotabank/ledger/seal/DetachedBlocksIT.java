package io.quotabank.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Migrations;
import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which blocks had transfers of months that were taken out before that was kept. */
class DetachedBlocksIT {

    private static final String BEFORE_IT_WAS_KEPT = "026";

    // Cuts at which transactions were running; 99 and 105 are before them, the latter ended before the fourth only.
    private static final String CUTS = """
            INSERT INTO transfer_cut (number, before, running) VALUES
                (1, 100, '{}'), (2, 110, '{105}'), (3, 120, '{105, 118}'), (4, 130, '{}'), (5, 140, '{}'), (6, 150, '{}'),
                (7, 160, '{}')""";

    private static final String PARTITION = """
            SELECT add_partition('transfer', 'transfer_%1$s', format('FOR VALUES FROM (%%L) TO (%%L)',
                uuid_floor('%2$s-01 00:00Z'), uuid_floor('%2$s-02 00:00Z')))""";

    private static final String POSTED = """
            INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type, xact)
            SELECT uuid_floor('2025-01-01 12:00Z'), 1, 2, 5, 5, 5, 1, 1, 'bonus', xact
            FROM unnest(ARRAY[99, 99, 105, 110, 118, 149, %s]::bigint[]) AS xact""";

    private static final String DETACHED = """
            ALTER TABLE transfer DETACH PARTITION transfer_%1$s;
            INSERT INTO detached_month (month, block, low, high)
            VALUES ('%1$s', %3$d, uuid_floor('%2$s-01 00:00Z'), uuid_floor('%2$s-02 00:00Z'))""";

    private static Database database;

    @BeforeAll
    static void detachThreeMonths() throws SQLException {
        database = TestPostgres.fresh("ledger");
        Migrations.migrate(database, BEFORE_IT_WAS_KEPT);
        try (var owner = database.connect(database.owner());
                var statement = owner.createStatement()) {
            statement.execute(CUTS);
            for (var month : List.of("2025-01", "2024-12", "2024-11")) {
                var name = month.replace("-", "");
                statement.execute(PARTITION.formatted(name, month));
                if (month.equals("2025-01")) {
                    statement.execute(POSTED.formatted("NULL"));
                }
                statement.execute(DETACHED.formatted(name, month, 7));
            }
            statement.execute("DROP TABLE transfer_202412");
        }
        Migrations.migrate(database, Migrations.LATEST);
    }

    @Test
    void eachTransferIsInTheBlockOfTheFirstCutThatHasIt() throws SQLException {
        assertThat(kept("202501")).containsExactly("0 to 1", "3 to 4", "6 to 6", "last 6");
    }

    @Test
    void ofAMonthThatWasDroppedEveryBlockUntilThenIsLeftOut() throws SQLException {
        assertThat(kept("202412")).containsExactly("0 to 7", "last 7");
    }

    @Test
    void ofAMonthWithoutTransfersNone() throws SQLException {
        assertThat(kept("202411")).containsExactly("last -1");
    }

    private static List<String> kept(String month) throws SQLException {
        var kept = new ArrayList<String>();
        try (var owner = database.connect(database.owner());
                var statement = owner.prepareStatement("""
                        (SELECT first || ' to ' || last FROM detached_block WHERE month = ? ORDER BY first)
                        UNION ALL SELECT 'last ' || block FROM detached_month WHERE month = ?""")) {
            statement.setString(1, month);
            statement.setString(2, month);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    kept.add(rows.getString(1));
                }
            }
        }
        return kept;
    }
}
