package io.quotabank.ledger.reconciliation;

import static io.quotabank.ledger.reconciliation.BusyMonth.MONTH;
import static io.quotabank.ledger.reconciliation.BusyMonth.OF_THEN;
import static io.quotabank.ledger.reconciliation.BusyMonth.OTHER;
import static io.quotabank.ledger.reconciliation.BusyMonth.REQUESTS_OF_THEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.tail.Tail;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** A month that is taken out leaves balances as they are, and the books provable, whatever it had. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DetachIT {

    private static BusyMonth month;
    private static Ledger ledger;

    /** A transfer of now, in a block that has nothing of the month, between blocks that have. */
    private static @Nullable UUID stayed;

    @BeforeAll
    static void doEverythingThenAndSomeOfItNow() {
        month = new BusyMonth();
        ledger = month.ledger;
    }

    @AfterAll
    static void stop() {
        month.close();
    }

    @Test
    @Order(1)
    void aMonthThatIsNotProvenOrNotOverStays() {
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month('" + MONTH + "')"))
                .hasMessageContaining("nothing is proven yet");
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month(to_char(now(), 'YYYYMM'))"))
                .hasMessageContaining("not a month before");
        proveAndCatchUp();
        month.deeds.recharge(OTHER, 5);
        stayed = ledger.jdbc().queryForObject("SELECT id FROM recharge ORDER BY id DESC LIMIT 1", UUID.class);
        catchUp();
        month.settle(REQUESTS_OF_THEN);
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month('" + MONTH + "')"))
                .hasMessageContaining("are not published, sealed and proven yet");
    }

    @Test
    @Order(2)
    void aDetachedMonthLeavesBalancesAndProofsAsTheyAre() {
        assertThat(ledger.number("SELECT count(*) FROM unnest(enum_range(NULL::transfer_type)) AS type"
                        + " WHERE type NOT IN (SELECT type FROM transfer" + OF_THEN + ")"))
                .as("types that the month has not")
                .isZero();
        await().until(() ->
                ledger.number("SELECT coalesce(sum(posted), 0)::bigint FROM account WHERE kind = 'earnings'") == 0);
        proveAndCatchUp();
        long balances = ledger.number("SELECT sum(posted * id)::bigint FROM account");
        long leaving = ledger.number("SELECT count(*) FROM transfer" + OF_THEN);
        long rows = ledger.number("SELECT count(*) FROM transfer");
        var blocks = blocksOfThen();

        ledger.asOwner("SELECT detach_month('" + MONTH + "')");

        assertThat(ledger.number("SELECT count(*) FROM transfer")).isEqualTo(rows - leaving);
        assertThat(ledger.number("SELECT count(*) FROM settlement_correction")).isEqualTo(2);
        assertThat(ledger.number("SELECT sum(posted * id)::bigint FROM account"))
                .isEqualTo(balances);
        assertThat(ledger.jdbc().queryForList("SELECT generate_series(first, last) FROM detached_block", Long.class))
                .containsExactlyInAnyOrderElementsOf(blocks);
        agreesEitherWay();
    }

    /** Refunds, settlements and payments go on of what was begun in the month. */
    @Test
    @Order(3)
    void whatWasBegunThenGoesOn() {
        month.settle(TestUsage.IDS);
        agreesEitherWay();
        month.deeds.refund(month.consumed, "4");
        month.deeds.settle(month.held, "3");
        agreesEitherWay();
        month.deeds.sell(month.sold, "7");
        month.deeds.recharge(BusyMonth.DEBTOR, 100);
        agreesEitherWay();
        month.shop.refund(month.won, "{\"amount\":5000}");
        month.deeds.each(OTHER);
        agreesEitherWay();
        assertThat(ledger.number("SELECT settled FROM hold WHERE id = ?", month.sold))
                .isEqualTo(10_000_000);
    }

    @Test
    @Order(4)
    void whatIsKeptOfTheMonthIsProvenWithTheRest() {
        for (var lie : List.of(
                "UPDATE opening_account SET posted = posted + 1 WHERE debited > 0",
                "UPDATE opening_edge SET balance_after = balance_after + 1",
                "UPDATE opening_hold SET charge = charge + 1",
                "UPDATE opening_cap SET charge = charge + 1",
                "UPDATE opening_sale SET part = part + 1",
                "UPDATE opening_lot SET amount = amount + 1",
                "UPDATE detached_month SET high = uuid_floor('2025-01-02 00:00Z')",
                "UPDATE opening_sum SET amount = amount + 1 WHERE name = 'loss'",
                "UPDATE opening_sum SET amount = amount + 1 WHERE name = 'owners_part'",
                "UPDATE opening_sum SET amount = amount + 1 WHERE name = 'platform_part'",
                "UPDATE opening_sum SET amount = amount + 1 WHERE name = 'accrued'",
                "UPDATE opening_sum SET amount = amount + 1 WHERE name = 'expired'",
                "UPDATE opening_sum SET amount = amount + 1 WHERE name = 'debt_settled'")) {
            ledger.asOwner(lie);
            assertThat(differing(run("?full=true"))).as(lie).isNotEmpty();
            ledger.asOwner(lie.replace("+ 1", "- 1").replace("01-02 00:00Z", "02-01 00:00Z"));
        }
        agreesEitherWay();
    }

    /** Of rows whose first part is gone with the month, by a run of what is new and by one in full. */
    @Test
    @Order(5)
    void aLieOfWhatTheMonthHadIsFoundEitherWay() throws SQLException {
        var lies = Map.of(
                "no_more_expired_than_was_given",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type,"
                        + " reference) SELECT gen_random_uuid(), account, 1, 1, 0, 0, 1, 1, 'expiry', lot FROM opening_lot",
                "holds_gave_what_was_settled",
                "UPDATE hold SET settled = settled + 1 WHERE id = '" + month.held + "'",
                "consumed_is_what_applications_took",
                "INSERT INTO consumption_refund (consumption, transfer, amount) VALUES ('" + month.kept
                        + "', gen_random_uuid(), 1)",
                "sellers_parts_are_trades",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type,"
                        + " reference) VALUES (gen_random_uuid(), 2, 1, 1, 0, 0, 1, 1, 'trade', '" + month.sold + "')");
        for (var point : List.of(ledger.bean(ProvenStore.class).point(), ProvenPoint.NONE)) {
            for (var lie : lies.entrySet()) {
                var sql = Proofs.from(point).get(lie.getKey());
                try (var owner = ledger.database().connect(ledger.database().owner());
                        var statement = owner.createStatement()) {
                    owner.setAutoCommit(false);
                    assertThat(ReconciliationIT.agrees(statement, sql)).isTrue();
                    statement.execute(lie.getValue());
                    assertThat(ReconciliationIT.agrees(statement, sql))
                            .as(lie + " since " + point.before())
                            .isFalse();
                    owner.rollback();
                }
            }
        }
    }

    /** Blocks that have nothing of the month are computed anew as ever, also those before its last one. */
    @Test
    @Order(6)
    void aLieOfWhatStayedIsFoundByTheSeal() {
        var lie = "UPDATE transfer SET created_at = created_at + interval '1 ms' WHERE id = '" + stayed + "'";
        ledger.asOwner(lie);
        assertThat(differing(run(""))).as("proven long ago").isEmpty();
        assertThat(differing(run("?full=true"))).containsExactly(Reconciliations.SEALED);
        ledger.asOwner(lie.replace("+ interval", "- interval"));
        agreesEitherWay();
    }

    /** By the windows that the seal reads. */
    private static Set<Long> blocksOfThen() {
        var tail = ledger.bean(Tail.class);
        var blocks = new TreeSet<Long>();
        ledger.undone(() -> {
            for (long number = 0; number <= tail.newest(); number++) {
                var window = tail.window(number).orElseThrow();
                tail.read(
                        window,
                        "SELECT x.id FROM transfer x" + OF_THEN.replace("id <", "x.id <") + " AND (%s) LIMIT 1",
                        Duration.ofSeconds(10),
                        (row, index) -> window.number(),
                        blocks::addAll);
            }
        });
        return blocks;
    }

    private static void agreesEitherWay() {
        assertThat(differing(run(""))).isEmpty();
        assertThat(differing(run("?full=true"))).isEmpty();
    }

    private static void proveAndCatchUp() {
        catchUp();
        assertThat(differing(run(""))).isEmpty();
    }

    /** Until all that was posted is sealed and published. */
    private static void catchUp() {
        await().until(() -> {
            ledger.bean(Tail.class).cut();
            return ledger.number("""
                            SELECT count(*) FROM transfer x WHERE NOT EXISTS (
                                SELECT FROM transfer_cut c
                                WHERE c.number <= (SELECT max(number) FROM seal_block)
                                  AND c.number <= (SELECT cut FROM entry_position)
                                  AND c.before > x.xact AND x.xact <> ALL (c.running))
                            """) == 0;
        });
    }

    private static JsonNode run(String query) {
        return ledger.call("POST", "/api/ledger/reconciliation" + query, Ledger.proxyToken(), "")
                .body();
    }

    private static List<String> differing(JsonNode run) {
        return run.get("proofs")
                .valueStream()
                .filter(proof -> !proof.get("agrees").asBoolean() && !proof.has("unproven"))
                .map(proof -> proof.get("name").asString())
                .toList();
    }
}
