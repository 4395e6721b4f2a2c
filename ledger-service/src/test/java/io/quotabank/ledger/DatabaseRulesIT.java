package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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
        var video = new Application(LEDGER);
        video.settle(video.opened(USER, "10"), "1", "");
        video.release(video.opened(USER, "10"));
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
                "UPDATE credit_grant SET expires_at = NULL",
                "UPDATE credit_grant SET account = 1",
                "DELETE FROM credit_grant",
                "UPDATE grant_claw SET to_debt = 0",
                "DELETE FROM grant_claw",
                "UPDATE consumption SET lots = NULL, parts = NULL",
                "UPDATE tier SET recharge_bonus_bp = 10000",
                "INSERT INTO tier VALUES ('bronze', 1)",
                "UPDATE tier_change SET tier = 'gold'",
                "DELETE FROM tier_change",
                "UPDATE invitation SET inviter = invited",
                "DELETE FROM invitation",
                "DELETE FROM invitation_code",
                "DELETE FROM first_recharge",
                "UPDATE code_batch SET credits = credits * 2",
                "UPDATE code SET batch = batch",
                "DELETE FROM code",
                "UPDATE redemption SET person = person",
                "DELETE FROM redemption",
                "DELETE FROM redemption_tries",
                "UPDATE recharge SET credits = credits * 2",
                "DELETE FROM recharge",
                "UPDATE payment_order SET credits = credits * 2",
                "UPDATE payment_order SET account = 1",
                "DELETE FROM payment_order",
                "UPDATE payment SET provider_txn = 'x'",
                "UPDATE payment SET credits = credits + 1",
                "DELETE FROM payment",
                "UPDATE payment_refund SET provider_txn = 'x'",
                "DELETE FROM payment_refund",
                "UPDATE payment_dispute SET amount_fen = 1",
                "DELETE FROM payment_dispute",
                "UPDATE payment_claw SET to_debt = 0",
                "DELETE FROM payment_claw",
                "DELETE FROM credit_package",
                "DELETE FROM idempotency_key",
                "UPDATE priced_action SET price = 1",
                "DELETE FROM priced_action",
                "UPDATE consumption SET amount = amount + 1",
                "DELETE FROM consumption",
                "UPDATE consumption_refund SET amount = amount + 1",
                "DELETE FROM consumption_refund",
                "ALTER TABLE consumption_refund DISABLE TRIGGER ALL",
                "UPDATE reconciliation_run SET agrees = true",
                "DELETE FROM reconciliation_run",
                "DELETE FROM account",
                "UPDATE account SET code = 'user:me'",
                "UPDATE account SET side = 'debit'",
                "UPDATE account SET tier = 'gold'",
                "DELETE FROM hold",
                "UPDATE hold SET account = 1",
                "UPDATE hold SET kind = 'application'",
                "UPDATE hold SET application = 'me'",
                "UPDATE hold SET opened_at = now()",
                "UPDATE hold_settlement SET amount = amount + 1",
                "DELETE FROM hold_settlement",
                "UPDATE hold_settlement_default SET late = true",
                "UPDATE split SET basis_points = '{10000,0,0}'",
                "DELETE FROM split",
                "ALTER TABLE hold DISABLE TRIGGER hold_amount_only_grows",
                "UPDATE hold_default SET settled = 0",
                "UPDATE hold SET cap = NULL",
                "UPDATE cap SET account = 1",
                "DELETE FROM cap",
                "UPDATE cap_window SET begins = begins + 1",
                "DELETE FROM cap_window",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type,"
                        + " xact) VALUES (gen_random_uuid(), 1, 2, 5, 0, 0, 1, 1, 'bonus', 3)",
                "UPDATE settlement SET xact = NULL",
                "INSERT INTO consumption (id, account, amount, action, application, xact)"
                        + " VALUES (gen_random_uuid(), 1, 5, 'x', 'me', 3)",
                "INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt, xact)"
                        + " VALUES (gen_random_uuid(), gen_random_uuid(), 'chargeback', 5, 5, 0, 3)",
                "UPDATE payment_order SET xact = NULL",
                "UPDATE credit_grant SET xact = NULL",
                "INSERT INTO detached_month (month, block, low, high)"
                        + " VALUES ('202501', 0, gen_random_uuid(), gen_random_uuid())",
                "UPDATE opening_sum SET amount = 0",
                "DELETE FROM opening_account",
                "INSERT INTO opening_edge (account, seq, balance_after) VALUES (1, 1, 1)",
                "UPDATE opening_hold SET charge = 0",
                "UPDATE opening_cap SET charge = 0",
                "DELETE FROM opening_sale",
                "DELETE FROM opening_lot",
                "DELETE FROM detached_block",
                "INSERT INTO detached_block (month, first, last) VALUES ('202501', 0, 1)",
                "DELETE FROM proof_sum",
                "DELETE FROM proof_point",
                "SELECT detach_month('202501')",
                "SELECT keep_openings('202501', 0)",
                "SELECT keep_blocks('202501')",
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
                "UPDATE account SET lots = posted + debited - spread + 1 WHERE kind = 'user'",
                "UPDATE account SET backed = held + 1 WHERE kind = 'user'",
                "UPDATE account SET lapsed = posted - held + 1 WHERE kind = 'user'",
                "UPDATE account SET spread = debited + 1 WHERE kind = 'user'",
                "UPDATE account SET lots = 1, spread = debited WHERE kind = 'issued' AND posted > 0",
                "UPDATE credit_grant SET gone = amount + 1",
                "UPDATE credit_grant SET gone = -1",
                "UPDATE credit_grant SET gone = amount, ended = 0; UPDATE credit_grant SET gone = gone - 1",
                "UPDATE credit_grant SET gone = amount, ended = 0;"
                        + " UPDATE credit_grant SET gone = gone - 2, returned = returned + 1",
                "UPDATE credit_grant SET returned = 1; UPDATE credit_grant SET returned = 0",
                "UPDATE credit_grant SET ended = gone + 1",
                "UPDATE credit_grant SET revoked = ended + 1",
                "UPDATE credit_grant SET gone = amount, claimed = 1",
                "INSERT INTO grant_claw (id, lot, payment, type, from_lot, from_balance, to_debt, transfer)"
                        + " VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'revoked', 0, 1, 0,"
                        + " gen_random_uuid())",
                "UPDATE account SET pledged = -1 WHERE kind = 'user'",
                "UPDATE account SET pledged = 1 WHERE kind = 'issued'",
                "INSERT INTO consumption (id, account, amount, action, application, lots, parts)"
                        + " VALUES (gen_random_uuid(), 1, 1, 'a', 'b', ARRAY[gen_random_uuid()], ARRAY[1, 1])",
                "INSERT INTO consumption (id, account, amount, action, application)"
                        + " VALUES ('01990000-0000-7000-8000-0000000000ab', 1, 5, 'a', 'b');"
                        + " INSERT INTO consumption_refund (consumption, transfer, amount, to_lots)"
                        + " VALUES ('01990000-0000-7000-8000-0000000000ab', gen_random_uuid(), 5, 6)",
                "INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer)"
                        + " VALUES ('k', 1, 'gift', 1, 1, NULL, gen_random_uuid())",
                "INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer)"
                        + " VALUES ('k', 1, 'luck', 1, 1, NULL, gen_random_uuid())",
                "INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer, gone)"
                        + " VALUES ('k', 1, 'code', 1, 1, NULL, gen_random_uuid(), 1);"
                        + "UPDATE credit_grant SET gone = 0 WHERE key = 'k'",
                "UPDATE hold SET backed = amount + 1",
                "UPDATE hold SET backed = -1",
                "INSERT INTO tier_change (id, account, tier, actor) VALUES (gen_random_uuid(), 1, 'gold', 'me')",
                "INSERT INTO invitation_code (person, code) VALUES (gen_random_uuid(), 'short')",
                "UPDATE hold SET settled = amount + 1",
                "UPDATE hold SET released = amount, settled = 1",
                "UPDATE hold SET settled = -1",
                "UPDATE hold SET status = 'released'",
                "UPDATE hold SET settled = amount",
                "UPDATE hold SET settled = amount, status = 'expired'",
                "UPDATE hold SET amount = amount + 1 WHERE kind = 'lease'",
                "UPDATE hold SET amount = amount + 1 WHERE status = 'released'",
                "UPDATE hold SET amount = amount - 1 WHERE kind = 'application' AND status = 'active'",
                "UPDATE hold SET settled_late = 1 WHERE kind = 'application'",
                "UPDATE hold SET settled_late = released, status = 'expired' WHERE status = 'active'",
                "UPDATE hold SET expires_at = opened_at + interval '721 hours' WHERE kind = 'application'",
                "UPDATE hold SET expires_at = NULL WHERE kind = 'application'",
                "UPDATE hold SET expires_at = now() + interval '1 hour' WHERE kind = 'lease'",
                "UPDATE hold SET spent_told = 1 WHERE kind = 'application'",
                "INSERT INTO hold (id, account, kind, amount, opened_uptime_ms, instance, recall_url, application,"
                        + " description, expires_at) VALUES (gen_random_uuid(), 1, 'application', 1, 0, 'x', 'x', 'x', 'x',"
                        + " now() + interval '1 hour')",
                "INSERT INTO hold (id, account, kind, amount) VALUES (gen_random_uuid(), 1, 'lease', 1)",
                "INSERT INTO split (name, version, payees, basis_points, actor)"
                        + " VALUES ('market_sale', 1000, '{seller,platform}', '{8500,1000}', 'me')",
                "INSERT INTO split (name, version, payees, basis_points, actor)"
                        + " VALUES ('market_sale', 1000, '{seller,platform}', '{10001,-1}', 'me')",
                "INSERT INTO split (name, version, payees, basis_points, actor)"
                        + " VALUES ('market_sale', 1000, '{seller,me}', '{5000,5000}', 'me')",
                "INSERT INTO hold_settlement SELECT hold, 'more', transfer, account, amount, late, seller, seller_part,"
                        + " platform_part + 1, reserve_part, split, split_version, body_digest FROM hold_settlement LIMIT 1",
                "INSERT INTO hold_settlement SELECT hold, 'theirs', transfer, account, amount, late, NULL, amount, 0,"
                        + " 0, split, split_version, body_digest FROM hold_settlement LIMIT 1",
                "UPDATE cap SET total = NULL",
                "UPDATE cap SET daily = -1",
                "UPDATE cap_window SET held = -1",
                "UPDATE cap_window SET spent = 101 WHERE span = 'total'",
                "UPDATE cap_window SET held = 501 WHERE span = 'total'",
                "INSERT INTO cap_window (cap, span, begins, held) SELECT id, 'month', '2026-01-02', 0 FROM cap",
                "INSERT INTO hold (id, account, kind, instance, recall_url, amount, opened_uptime_ms, cap)"
                        + " VALUES (gen_random_uuid(), 1, 'lease', 'x', 'x', 1, 0, gen_random_uuid())",
                "INSERT INTO priced_action (name, version, price, actor) VALUES ('video', 99, 0, 'me')",
                "INSERT INTO priced_action (name, version, price, actor) VALUES ('Video', 1, 1, 'me')",
                "INSERT INTO consumption (id, account, amount, action, application)"
                        + " VALUES (gen_random_uuid(), 1, 0, 'video', 'me')",
                "INSERT INTO consumption_refund (consumption, transfer, amount)"
                        + " VALUES (gen_random_uuid(), gen_random_uuid(), 1)",
                "INSERT INTO account (code, kind, side) VALUES ('clearing:x', 'clearing', 'debit')",
                "INSERT INTO account (code, kind, side) VALUES ('debt:x', 'debt', 'debit')",
                "INSERT INTO account (code, kind, side, person)"
                        + " VALUES ('debt:x', 'debt', 'credit', gen_random_uuid())",
                "UPDATE credit_package SET bonus = credits",
                "INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency,"
                        + " standing, credits) VALUES (gen_random_uuid(), 'stripe', 'x', gen_random_uuid(), 1, 1, 5,"
                        + " 'CNY', 'surplus', 7)",
                "INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency,"
                        + " standing, credits, clawed) VALUES (gen_random_uuid(), 'stripe', 'x', gen_random_uuid(), 1, 1,"
                        + " 5, 'CNY', 'booked', 7, 8)",
                "INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt)"
                        + " VALUES (gen_random_uuid(), gen_random_uuid(), 'chargeback', 5, 2, 2)",
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

    /** A provider's transaction is booked once for ever, and an order by one transaction. */
    @Test
    void aTransactionAndAnOrderAreBookedOnce() {
        var order = """
                INSERT INTO payment_order (id, account, person, provider, package, amount_fen, credits, terms, opened_at,
                    closes_at, next_look_at)
                SELECT '01990000-0000-7000-8000-0000000000aa', 1, gen_random_uuid(), 'stripe', id, 1, 1, '', now(),
                    now() + interval '1 h', now()
                FROM credit_package LIMIT 1;""";
        var payment = """
                INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency,
                    standing, credits)
                VALUES (gen_random_uuid(), 'stripe', '%s', '01990000-0000-7000-8000-0000000000aa', 1, 1, 5, 'CNY', '%s', %d);
                """;
        for (var twice : new String[] {
            payment.formatted("a", "booked", 7) + payment.formatted("a", "surplus", 0),
            payment.formatted("a", "booked", 7) + payment.formatted("b", "booked", 7)
        }) {
            assertThatThrownBy(() -> asService(order + twice))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState())
                                    .as(refused.getMessage())
                                    .isEqualTo("23505"));
        }
    }

    @Test
    void aConsumptionIsRefundedOnceAndNotBeyondWhatItTook() {
        var taken =
                "INSERT INTO consumption (id, account, amount, action, application) VALUES ('%s', 1, 50, 'x', 'me');"
                        .formatted(UUID.randomUUID());
        var id = taken.substring(taken.indexOf("('") + 2, taken.indexOf("',"));
        var refund = "INSERT INTO consumption_refund (consumption, transfer, amount)" + " VALUES ('" + id
                + "', gen_random_uuid(), %d);";
        assertThat(stateOf(taken + refund.formatted(50))).isEqualTo("rolled back");
        assertThat(stateOf(taken + refund.formatted(51))).isEqualTo("23514");
        assertThat(stateOf(taken + refund.formatted(20) + refund.formatted(20))).isEqualTo("23505");
        assertThat(stateOf(taken + taken)).isEqualTo("23505");
    }

    @Test
    void aSettlementOfAHoldIsThereOnce() {
        assertThatThrownBy(() -> asService("INSERT INTO hold_settlement SELECT hold, id, transfer,"
                        + " account, amount, late, seller, seller_part, platform_part, reserve_part, split, split_version,"
                        + " body_digest FROM hold_settlement LIMIT 1"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("23505"));
    }

    /**
     * That entries follow each other is no constraint: the row is taken, and told by the next run of what is new, also
     * where who writes it changes the accounts as they should be.
     */
    @Test
    void anEntryThatFollowsNoneIsTakenAndToldByTheNextProof() {
        var entry = """
                INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
                SELECT uuidv7(), i.id, u.id, 5, i.posted + 5, u.posted + 5, i.seq + 1, u.seq + 1, 'bonus'
                FROM account i, account u WHERE i.code = 'issued:grants' AND u.kind = 'user';""";
        var accounts = """
                UPDATE account SET posted = posted + 5, seq = seq + 1,
                    debited = debited + CASE side WHEN 'debit' THEN 5 ELSE 0 END
                WHERE code = 'issued:grants' OR kind = 'user'""";
        var balances = "balances_are_sums_of_transfers";
        var chains = "balances_after_follow_each_other";
        var forged = Map.of(
                entry,
                List.of(balances),
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)"
                        + " SELECT id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type"
                        + " FROM transfer",
                List.of(balances, chains),
                entry.replace("u.seq + 1", "u.seq + 2") + accounts,
                List.of(chains),
                entry.replace("i.seq + 1", "i.seq") + accounts,
                List.of(chains),
                entry.replace("u.posted + 5", "u.posted + 6") + accounts,
                List.of(chains));
        try (var ledger = Ledger.with(Map.of("quotabank.tail.every", "1h"))) {
            new People(ledger).lease(USER, 1_000, 1_000);
            assertThat(differing(ledger)).isEmpty();
            ledger.asOwner("CREATE TABLE kept AS SELECT id, posted, seq, debited FROM account");
            long before = ledger.number("SELECT max(xact) FROM transfer");
            forged.forEach((sql, proofs) -> {
                ledger.jdbc().execute(sql);
                assertThat(differing(ledger)).as(sql).containsAll(proofs);
                ledger.asOwner(
                        "DELETE FROM transfer WHERE xact > " + before,
                        "UPDATE account a SET posted = k.posted, seq = k.seq, debited = k.debited FROM kept k"
                                + " WHERE k.id = a.id");
                assertThat(differing(ledger)).isEmpty();
            });
        }
    }

    /** By a run of what is new since the one before. */
    private static List<String> differing(Ledger ledger) {
        var run = ledger.call("POST", "/api/ledger/reconciliation", Ledger.proxyToken(), "")
                .body();
        return run.get("proofs")
                .valueStream()
                .filter(proof -> !proof.get("agrees").asBoolean() && !proof.has("unproven"))
                .map(proof -> proof.get("name").asString())
                .toList();
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

    private static String stateOf(String sql) {
        try {
            asService(sql);
            return "";
        } catch (SQLException refused) {
            return refused.getSQLState();
        }
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
