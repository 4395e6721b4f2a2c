package io.quotabank.ledger.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.payment.Shop;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.platform.id.Ids;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;

/** A month that is taken out leaves balances as they are, and the books provable, whatever it had. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DetachIT {

    private static final String MONTH = "202501";
    private static final String OF_THEN = " WHERE id < uuid_floor('2025-02-01 00:00Z')";
    private static final Ids REQUESTS_OF_THEN = new Ids(IdsClock.THEN);
    private static final UUID BUYER = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();
    private static final UUID DEBTOR = UUID.randomUUID();
    private static final UUID WINNER = UUID.randomUUID();

    private static final IdsClock IDS_CLOCK = new IdsClock();

    private static Shop shop;
    private static Ledger ledger;
    private static Deeds deeds;
    private static UUID one;
    private static UUID two;
    private static String consumed;
    private static String kept;
    private static UUID held;
    private static UUID sold;
    private static Shop.Order won;

    static class WithIdsOfThen {
        @Bean
        Ids ids() {
            return new Ids(IDS_CLOCK);
        }
    }

    @BeforeAll
    static void doEverythingThenAndSomeOfItNow() {
        shop = Shop.open(settings -> {
            settings.putAll(Map.of(
                    "quotabank.earnings.every", "200ms",
                    "quotabank.tail.every", "100ms",
                    "quotabank.seal.every", "100ms",
                    "quotabank.entry.every", "100ms",
                    "quotabank.grant.sweep-every", "100ms"));
            return Ledger.consuming(settings, WithIdsOfThen.class);
        });
        ledger = shop.ledger();
        deeds = new Deeds(ledger);
        ledger.asOwner("SELECT add_partition(parent, parent || '_" + MONTH + "', format('FOR VALUES FROM (%L) TO (%L)',"
                + " uuid_floor('2025-01-01 00:00Z'), uuid_floor('2025-02-01 00:00Z')))"
                + " FROM unnest(ARRAY['transfer', 'hold', 'settlement', 'settlement_attempt', 'settlement_funding',"
                + " 'settlement_correction', 'settlement_correction_part', 'consumption', 'consumption_refund',"
                + " 'hold_settlement']) AS parent");
        var people = new People(ledger);
        one = people.lease(BUYER, 5_000, 5_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(50_000), null, null);
        two = people.lease(BUYER, cap, 5_000, 5_000).leaseId();
        settle(REQUESTS_OF_THEN);
        settle(TestUsage.IDS);
        apply();
        payAndExpire();
        IDS_CLOCK.itIsNow();
        settle(REQUESTS_OF_THEN);
        settle(TestUsage.IDS);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    /** What applications do; some of it goes on later. */
    private static void apply() {
        consumed = deeds.consume(BUYER);
        kept = deeds.consume(BUYER);
        held = deeds.hold(BUYER);
        deeds.settle(held, "2");
        sold = deeds.hold(BUYER);
        deeds.sell(sold, "3");
        deeds.each(BUYER);
    }

    private static void payAndExpire() {
        var owing = shop.order(DEBTOR, "stripe");
        shop.pay(owing);
        shop.spend(DEBTOR, 1_500);
        shop.refund(owing, "{}");
        deeds.recharge(DEBTOR, 500);
        won = shop.order(WINNER, "stripe");
        shop.pay(won);
        shop.dispute(won, "{\"status\":\"open\",\"amount\":4000}");
        shop.dispute(won, "{\"status\":\"won\",\"amount\":4000}");
        giftsThatGoAndCome();
        var grants = ledger.bean(Grants.class);
        var soon = Instant.now().plusMillis(300);
        grants.give(grants.welcome(OTHER), Gift.of("soon gone", Origin.CODE, Credits.of(80), soon));
        await().until(() -> ledger.number("SELECT count(*) FROM transfer WHERE type = 'expiry'") == 2
                && ledger.number("SELECT count(*) FROM transfer WHERE type = 'proxy_earnings' AND reference IS NULL"
                                + " AND id < uuid_floor('2025-02-01 00:00Z')")
                        > 0);
    }

    /** The inviter's ends unspent; what the invited person has spent is asked back, and both get again what was theirs. */
    private static void giftsThatGoAndCome() {
        var invited = UUID.randomUUID();
        deeds.invite(OTHER, invited);
        var order = shop.order(invited, "stripe");
        shop.pay(order);
        shop.spend(invited, 620);
        shop.dispute(order, "{\"status\":\"open\"}");
        shop.dispute(order, "{\"status\":\"won\"}");
    }

    /** A request over both leases, one over the capped one, and a second record of the first that pays an owner more. */
    private static void settle(Ids ids) {
        long settled = ledger.number("SELECT count(*) FROM settlement");
        long corrected = ledger.number("SELECT count(*) FROM settlement_correction");
        var first = ids.next();
        var events = new ArrayList<Closed>();
        events.add(TestUsage.of(BUYER)
                .request(first)
                .cost(100)
                .from(one, 60)
                .from(two, 30)
                .served(OWNER, 20)
                .served(OTHER, 100)
                .closed());
        events.add(TestUsage.of(BUYER)
                .request(ids.next())
                .cost(50)
                .from(two, 50)
                .served(OWNER, 50)
                .closed());
        events.add(TestUsage.of(BUYER)
                .request(first)
                .cost(100)
                .from(one, 60)
                .served(OWNER, 200)
                .closed());
        UsageTopic.send(events);
        await().until(() -> ledger.number("SELECT count(*) FROM settlement") == settled + 2
                && ledger.number("SELECT count(*) FROM settlement_correction") == corrected + 1);
    }

    @Test
    @Order(1)
    void aMonthThatIsNotProvenOrNotOverStays() {
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month('" + MONTH + "')"))
                .hasMessageContaining("nothing is proven yet");
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month(to_char(now(), 'YYYYMM'))"))
                .hasMessageContaining("not a month before");
        proveAndCatchUp();
        settle(REQUESTS_OF_THEN);
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

        ledger.asOwner("SELECT detach_month('" + MONTH + "')");

        assertThat(ledger.number("SELECT count(*) FROM transfer")).isEqualTo(rows - leaving);
        assertThat(ledger.number("SELECT count(*) FROM settlement_correction")).isEqualTo(2);
        assertThat(ledger.number("SELECT sum(posted * id)::bigint FROM account"))
                .isEqualTo(balances);
        agreesEitherWay();
    }

    /** Refunds, settlements and payments go on of what was begun in the month. */
    @Test
    @Order(3)
    void whatWasBegunThenGoesOn() {
        settle(TestUsage.IDS);
        agreesEitherWay();
        deeds.refund(consumed, "4");
        deeds.settle(held, "3");
        agreesEitherWay();
        deeds.sell(sold, "7");
        deeds.recharge(DEBTOR, 100);
        agreesEitherWay();
        shop.refund(won, "{\"amount\":5000}");
        deeds.each(OTHER);
        agreesEitherWay();
        assertThat(ledger.number("SELECT settled FROM hold WHERE id = ?", sold)).isEqualTo(10_000_000);
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
                "UPDATE hold SET settled = settled + 1 WHERE id = '" + held + "'",
                "consumed_is_what_applications_took",
                "INSERT INTO consumption_refund (consumption, transfer, amount) VALUES ('" + kept
                        + "', gen_random_uuid(), 1)",
                "sellers_parts_are_trades",
                "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type,"
                        + " reference) VALUES (gen_random_uuid(), 2, 1, 1, 0, 0, 1, 1, 'trade', '" + sold + "')");
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

    private static void agreesEitherWay() {
        assertThat(differing(run(""))).isEmpty();
        assertThat(differing(run("?full=true"))).isEmpty();
    }

    private static void proveAndCatchUp() {
        ledger.bean(Tail.class).cut();
        await().until(() -> ledger.number("SELECT max(number) FROM transfer_cut")
                == ledger.number(
                        "SELECT least((SELECT max(number) FROM seal_block), (SELECT cut FROM entry_position))"));
        assertThat(differing(run(""))).isEmpty();
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
