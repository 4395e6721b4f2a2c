package io.quotabank.ledger.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReconciliationIT {

    private static final String PATH = "/api/ledger/reconciliation";

    private static Ledger ledger;

    @BeforeAll
    static void settleSomething() {
        ledger = Ledger.consuming(Map.of("quotabank.earnings.every", "1h"));
        var people = new People(ledger);
        var buyer = UUID.randomUUID();
        var owner = UUID.randomUUID();
        var one = people.lease(buyer, 1_000, 1_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(5_000), null, null);
        var two = people.lease(buyer, cap, 1_000, 1_000).leaseId();
        new Deeds(ledger).each(buyer);
        UsageTopic.send(
                TestUsage.of(buyer)
                        .cost(400)
                        .from(one, 100)
                        .from(two, 200)
                        .served(owner, 70)
                        .served(owner, 400)
                        .closed(),
                TestUsage.of(buyer).cost(40).from(one, 100).served(owner, 40).closed());
        await().atMost(Duration.ofSeconds(20)).until(() -> ledger.number("SELECT count(*) FROM settlement") == 2);
        assertThat(ledger.differences()).isEmpty();
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    private static final String PAID_ORDER = """
            INSERT INTO payment_order (id, account, person, provider, package, amount_fen, credits, terms, state, opened_at,
                closes_at, next_look_at, paid_at)
            SELECT '01990000-0000-7000-8000-0000000000aa', 1, gen_random_uuid(), 'stripe', id, 5, 7, '', 'paid', now(),
                now() + interval '1 h', now(), now()
            FROM credit_package LIMIT 1;""";

    private static final String CLAWED_PAYMENT = """
            INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency, standing,
                credits, clawed)
            VALUES (gen_random_uuid(), 'stripe', 'x', '01990000-0000-7000-8000-0000000000aa', 1, 1, 5, 'CNY', 'booked', 7,
                3);""";

    private static final String GIFT_CLAW = """
            INSERT INTO grant_claw (id, lot, payment, type, from_lot, from_balance, to_debt)
            SELECT gen_random_uuid(), gen_random_uuid(), id, '%s', %d, %d, %d FROM payment""";

    /** A lie, told by the owner of the tables, and the proof that must find it. */
    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of(
                        "sum_of_all_accounts_is_zero", "UPDATE account SET posted = posted + 1 WHERE kind = 'revenue'"),
                Arguments.of(
                        "balances_are_sums_of_transfers",
                        "UPDATE account SET debited = debited + 1 WHERE kind = 'user'"),
                Arguments.of(
                        "balances_after_follow_each_other",
                        "UPDATE transfer SET debit_seq = debit_seq + 1 WHERE type = 'proxy_usage'"),
                Arguments.of("held_is_left_in_active_holds", "UPDATE account SET held = held - 1 WHERE held > 0"),
                Arguments.of("clearing_is_empty", "UPDATE account SET posted = posted + 1 WHERE kind = 'clearing'"),
                Arguments.of(
                        "charges_are_transfers",
                        "UPDATE settlement SET charge = charge - 1, loss = loss + 1 WHERE attempts = 1"),
                Arguments.of(
                        "losses_are_platform_loss",
                        "UPDATE settlement SET charge = charge - 1, loss = loss + 1 WHERE attempts = 1"),
                Arguments.of(
                        "owners_parts_are_accruals",
                        "UPDATE settlement SET owners_part = owners_part - 1, platform_part = platform_part + 1"),
                Arguments.of(
                        "platform_parts_are_revenue",
                        "UPDATE settlement SET owners_part = owners_part - 1, platform_part = platform_part + 1"),
                Arguments.of("attempts_add_up_to_owners_parts", "DELETE FROM settlement_attempt WHERE position = 0"),
                Arguments.of("fundings_add_up_to_charges", "DELETE FROM settlement_funding WHERE position = 0"),
                Arguments.of(
                        "holds_settled_what_requests_took",
                        "UPDATE hold SET settled = settled - 1 WHERE settled > 0 AND kind = 'lease'"),
                Arguments.of("settlements_of_holds_are_transfers", "DELETE FROM hold_settlement"),
                Arguments.of(
                        "settlements_of_holds_are_transfers",
                        "UPDATE transfer SET reference = uuidv7() WHERE type = 'escrow'"),
                Arguments.of(
                        "holds_gave_what_was_settled",
                        "UPDATE hold SET settled = settled - 1 WHERE kind = 'application' AND settled > 0"),
                Arguments.of(
                        "sellers_parts_are_trades",
                        "UPDATE hold_settlement SET seller_part = seller_part - 1, platform_part = platform_part + 1"),
                Arguments.of(
                        "platform_parts_are_revenue",
                        "UPDATE hold_settlement SET seller_part = seller_part - 1, platform_part = platform_part + 1"),
                Arguments.of(
                        "reserves_are_kept_parts",
                        "UPDATE hold_settlement SET seller_part = seller_part - 1, reserve_part = reserve_part + 1"),
                Arguments.of(
                        "caps_count_charges_and_open_holds",
                        "UPDATE cap_window SET held = held + 1, spent = spent - 1 WHERE span = 'day'"),
                Arguments.of("issued_grants_are_grants", "UPDATE credit_grant SET amount = amount + 1"),
                Arguments.of(
                        "lots_are_what_accounts_tell", "UPDATE credit_grant SET gone = gone + 1 WHERE gone < amount"),
                Arguments.of(
                        "no_more_expired_than_was_given",
                        "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq,"
                                + " type, reference)"
                                + " VALUES (gen_random_uuid(), 1, 2, 5, 0, 0, 1, 1, 'expiry', gen_random_uuid())"),
                Arguments.of("issued_recharges_are_recharges", "DELETE FROM recharge"),
                Arguments.of("issued_recharges_are_recharges", PAID_ORDER + CLAWED_PAYMENT),
                Arguments.of("consumed_is_what_applications_took", "DELETE FROM consumption_refund"),
                Arguments.of("consumed_is_what_applications_took", "UPDATE consumption SET account = account + 1"),
                Arguments.of(
                        "consumed_is_what_applications_took",
                        "UPDATE transfer SET amount = amount + 1 WHERE type = 'consume'"),
                Arguments.of(
                        "consumed_is_what_applications_took",
                        "UPDATE consumption_refund SET amount = amount - 1, to_lots = to_lots - 1"),
                Arguments.of(
                        "returned_to_gifts_is_what_was_refunded",
                        "UPDATE credit_grant SET returned = returned + 1, gone = gone - 1 WHERE gone > 0"),
                Arguments.of(
                        "returned_to_gifts_is_what_was_refunded",
                        "UPDATE consumption SET parts[1] = parts[1] - 1 WHERE parts IS NOT NULL"),
                Arguments.of(
                        "returned_to_gifts_is_what_was_refunded",
                        PAID_ORDER + CLAWED_PAYMENT + GIFT_CLAW.formatted("restored", 3, 0, 0)),
                Arguments.of(
                        "issued_grants_are_grants",
                        PAID_ORDER + CLAWED_PAYMENT + GIFT_CLAW.formatted("revoked", 0, 3, 0)),
                Arguments.of(
                        "debts_are_claws_that_are_not_settled",
                        PAID_ORDER + CLAWED_PAYMENT + GIFT_CLAW.formatted("revoked", 0, 0, 3)),
                Arguments.of("paid_orders_are_booked_payments", PAID_ORDER),
                Arguments.of("claws_are_what_payments_lost", PAID_ORDER + CLAWED_PAYMENT),
                Arguments.of(
                        "claws_are_what_payments_lost",
                        PAID_ORDER + CLAWED_PAYMENT.replace("3)", "0)")
                                + "INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt)"
                                + " SELECT gen_random_uuid(), id, 'chargeback', 2, 2, 0 FROM payment"),
                Arguments.of(
                        "debts_are_claws_that_are_not_settled",
                        PAID_ORDER + CLAWED_PAYMENT
                                + "INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt)"
                                + " SELECT gen_random_uuid(), id, 'chargeback', 3, 0, 3 FROM payment"),
                Arguments.of(
                        "debts_are_claws_that_are_not_settled",
                        "UPDATE account SET posted = posted + 1 WHERE kind = 'debt'"),
                Arguments.of(
                        "settlements_share_out_what_was_paid",
                        "ALTER TABLE settlement DROP CONSTRAINT settlement_gives_what_was_served;"
                                + "UPDATE settlement SET platform_part = platform_part + 1"),
                Arguments.of(
                        "one_settlement_per_request",
                        "ALTER TABLE settlement DROP CONSTRAINT settlement_pkey;"
                                + "INSERT INTO settlement SELECT * FROM settlement LIMIT 1"));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void findsALieOf(String proof, String lie) throws SQLException {
        var sql = Proofs.ALL.get(proof);
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            assertThat(agrees(statement, sql)).as("before").isTrue();
            statement.execute(lie);
            assertThat(agrees(statement, sql)).as("with the lie").isFalse();
            owner.rollback();
        }
    }

    @Test
    void everyProofHasALieThatItFinds() {
        assertThat(lies().map(lie -> (String) lie.get()[0]).distinct())
                .containsExactlyInAnyOrderElementsOf(Proofs.ALL.keySet());
    }

    @Test
    void tellsADifferenceWithItsFiguresAndKeepsTheRun() throws SQLException {
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            statement.execute("UPDATE account SET posted = posted + 7 WHERE kind = 'clearing'");
            var run = ledger.call("POST", PATH, Ledger.proxyToken(), "").body();
            assertThat(run.get("agrees").asBoolean()).isFalse();
            assertThat(run.get("proofs")
                            .valueStream()
                            .filter(proof -> proof.get("name").asString().equals("clearing_is_empty"))
                            .findFirst())
                    .get()
                    .satisfies(proof -> {
                        assertThat(proof.get("actual").asLong()).isPositive();
                        assertThat(proof.get("differing").asLong()).isPositive();
                        assertThat(proof.get("examples").get(0).asString()).startsWith("clearing:");
                    });
            assertThat(ledger.call("GET", PATH, Ledger.proxyToken(), "").body()).isEqualTo(run);
            assertThat(ledger.call("GET", "/actuator/prometheus", null, "")
                            .raw()
                            .body())
                    .contains("quotabank_ledger_reconciliation_differences");
            statement.execute("UPDATE account SET posted = posted - 7 WHERE kind = 'clearing'");
        }
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void isRightWhileTheBooksChange() throws Exception {
        var people = new People(ledger);
        var events = new ArrayList<Closed>();
        for (int i = 0; i < 2_000; i++) {
            var buyer = UUID.randomUUID();
            events.add(TestUsage.of(buyer).served(UUID.randomUUID(), 1_000).closed());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = threads.submit(() -> UsageTopic.send(events));
            var leasing = threads.submit(() -> {
                for (int i = 0; i < 100; i++) {
                    people.lease(UUID.randomUUID(), 10, 10);
                }
            });
            for (int i = 0; i < 8; i++) {
                assertThat(ledger.differences()).isEmpty();
            }
            sending.get();
            leasing.get();
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ledger.number("SELECT count(*) FROM settlement") == events.size() + 2L);
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void onlyThoseWhoLookAfterTheBooksMayAsk() {
        for (var method : List.of("GET", "POST")) {
            assertThat(ledger.call(method, PATH, TestIdentity.user(UUID.randomUUID()), "")
                            .status())
                    .isEqualTo(403);
            assertThat(ledger.call(method, PATH, TestIdentity.user(UUID.randomUUID(), "auditor"), "")
                            .status())
                    .isEqualTo(200);
        }
    }

    static boolean agrees(Statement statement, String sql) throws SQLException {
        try (var row = statement.executeQuery(sql)) {
            row.next();
            return Proof.of("", row.getBigDecimal(1), row.getBigDecimal(2), row.getLong(3), List.of())
                    .agrees();
        }
    }
}
