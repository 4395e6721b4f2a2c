package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service's own database role is refused: the rules hold whatever the program does. */
class DatabaseRulesIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final UUID USER = UUID.randomUUID();
    private static UUID lease;

    @BeforeAll
    static void open() {
        var people = new People(LEDGER);
        lease = people.lease(USER, 1_000, 1_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(500), null, null);
        people.lease(USER, cap, 400, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE transfer SET amount = amount + 1",
                "DELETE FROM transfer",
                "TRUNCATE transfer",
                "UPDATE transfer_default SET amount = 1",
                "INSERT INTO transfer_default SELECT * FROM transfer",
                "UPDATE settlement SET charge = 0",
                "DELETE FROM settlement",
                "UPDATE settlement_attempt SET owner_part = 0",
                "DELETE FROM settlement_funding",
                "UPDATE settlement_correction SET loss = 0",
                "DELETE FROM settlement_correction_part",
                "UPDATE credit_grant SET amount = amount * 2",
                "DELETE FROM credit_grant",
                "UPDATE recharge SET credits = credits * 2",
                "DELETE FROM recharge",
                "DELETE FROM idempotency_key",
                "UPDATE reconciliation_run SET agrees = true",
                "DELETE FROM reconciliation_run",
                "DELETE FROM account",
                "UPDATE account SET code = 'user:me'",
                "UPDATE account SET side = 'debit'",
                "UPDATE account SET tier = 'gold'",
                "DELETE FROM hold",
                "UPDATE hold SET amount = amount + 1",
                "UPDATE hold SET account = 1",
                "UPDATE hold_default SET settled = 0",
                "UPDATE hold SET cap = NULL",
                "UPDATE cap SET account = 1",
                "DELETE FROM cap",
                "UPDATE cap_window SET begins = begins + 1",
                "DELETE FROM cap_window",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type,"
                        + " xact) VALUES (gen_random_uuid(), 1, 2, 5, 0, 0, 1, 1, 'bonus', 3)",
                "UPDATE settlement SET xact = NULL",
                "UPDATE transfer_cut SET before = 0",
                "DELETE FROM transfer_cut",
                "DELETE FROM entry_position",
                "UPDATE seal_block SET hash = previous",
                "DELETE FROM seal_block",
                "DELETE FROM uptime",
                "INSERT INTO uptime (single, ms) VALUES (true, 1)",
                "ALTER TABLE transfer DISABLE TRIGGER ALL",
                "CREATE TABLE mine (id int)",
                "DROP TABLE transfer",
                "SELECT add_partition('transfer', 'mine', 'DEFAULT')",
                "SET ROLE postgres",
            })
    void theServiceRoleMayNot(String sql) {
        assertThatThrownBy(() -> asService(sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState())
                                .as(refused.getMessage())
                                .isEqualTo("42501"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE account SET posted = -1 WHERE kind = 'user'",
                "UPDATE account SET held = posted + 1 WHERE kind = 'user'",
                "UPDATE account SET held = -1 WHERE kind = 'user'",
                "UPDATE account SET held = 1 WHERE kind = 'issued'",
                "UPDATE account SET seq = -1 WHERE kind = 'user'",
                "UPDATE hold SET settled = amount + 1",
                "UPDATE hold SET released = amount, settled = 1",
                "UPDATE hold SET settled = -1",
                "UPDATE hold SET status = 'released'",
                "UPDATE hold SET settled = amount",
                "UPDATE hold SET settled = amount, status = 'expired'",
                "UPDATE cap SET total = NULL",
                "UPDATE cap SET daily = -1",
                "UPDATE cap_window SET held = -1",
                "UPDATE cap_window SET spent = 101 WHERE span = 'total'",
                "UPDATE cap_window SET held = 501 WHERE span = 'total'",
                "INSERT INTO cap_window (cap, span, begins, held) SELECT id, 'month', '2026-01-02', 0 FROM cap",
                "INSERT INTO hold (id, account, kind, instance, recall_url, amount, opened_uptime_ms, cap)"
                        + " VALUES (gen_random_uuid(), 1, 'lease', 'x', 'x', 1, 0, gen_random_uuid())",
                "INSERT INTO account (code, kind, side) VALUES ('clearing:x', 'clearing', 'debit')",
                "INSERT INTO account (code, kind, side) VALUES ('user:x', 'user', 'credit')",
                "INSERT INTO account (code, kind, side) VALUES ('issued:x', 'clearing', 'credit')",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)"
                        + " VALUES (gen_random_uuid(), 1, 2, 0, 0, 0, 1, 1, 'bonus')",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)"
                        + " VALUES (gen_random_uuid(), 1, 1, 5, 0, 0, 1, 1, 'bonus')",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)"
                        + " VALUES (gen_random_uuid(), 1, 2, 5, -1, 0, 1, 1, 'bonus')",
            })
    void aConstraintForbids(String sql) {
        assertThatThrownBy(() -> asService(sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState())
                                .as(refused.getMessage())
                                .isEqualTo("23514"));
    }

    @Test
    void aSettlementIsSharedOutToTheMicroCreditOrRefused() {
        assertThatThrownBy(() -> asService(settlement(UUID.randomUUID(), 100, 60, 40, 95, 5)))
                .as("charge and loss are paid, owners and platform get it")
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("rolled back"));
        for (var wrong : new String[] {
            settlement(UUID.randomUUID(), 100, 60, 39, 95, 5),
            settlement(UUID.randomUUID(), 100, 60, 40, 95, 6),
            settlement(UUID.randomUUID(), 100, 101, -1, 95, 5),
            settlement(UUID.randomUUID(), 100, 100, 0, 101, -1),
        }) {
            assertThatThrownBy(() -> asService(wrong))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("23514"));
        }
    }

    @Test
    void aRequestHasOneSettlementWhateverMonthItIsOf() {
        for (var request : new UUID[] {
            TestUsage.IDS.next(),
            UUID.fromString("00000000-0000-7000-8000-000000000001"),
            UUID.fromString("ffffffff-ffff-7fff-8fff-ffffffffffff")
        }) {
            var sql = settlement(request, 100, 60, 40, 95, 5);
            assertThatThrownBy(() -> asService(sql + ";" + sql))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("23505"));
        }
    }

    @Test
    void theReaderOnlyReads() {
        assertThatThrownBy(() -> {
                    try (var connection =
                                    LEDGER.database().connect(LEDGER.database().reader());
                            var statement = connection.createStatement()) {
                        statement.executeQuery("SELECT * FROM entry, settlement, hold LIMIT 1");
                        statement.execute("UPDATE hold SET settled = 0 WHERE id = '" + lease + "'");
                    }
                })
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
    }

    private static String settlement(UUID id, long served, long charge, long loss, long owners, long platform) {
        return """
                INSERT INTO settlement (request, account, digest, cost, served, charge, loss, owners_part, platform_part,
                    attempts, fundings, model, price_version, markup_bp, input_tokens, output_tokens, cache_read_tokens,
                    cache_creation_tokens, reasoning_tokens, outcome, topic_partition, topic_offset)
                VALUES ('%s', 1, gen_random_uuid(), 100, %d, %d, %d, %d, %d, 1, 1, 'm', 1, 13000, 0, 0, 0, 0, 0,
                    'completed', 0, 0)""".formatted(id, served, charge, loss, owners, platform);
    }

    /** Rolled back where it was not refused, which is told as an exception with the state "rolled back". */
    private static void asService(String sql) throws SQLException {
        try (var connection = LEDGER.database().connect(LEDGER.database().service());
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.rollback();
            throw new SQLException("nothing refused it", "rolled back");
        }
    }
}
