package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.grant.Grants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a purchase brings beside its credits, and what is paid out of it first, whoever books it and however many at once. */
class RechargeRulesIT {

    private static final Shop SHOP = Shop.shared();
    private static final int REWARD = 100;

    private final UUID buyer = UUID.randomUUID();

    static List<String> providers() {
        return Shop.PROVIDERS;
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(SHOP.ledger().differences()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aGoldBuyersOrderHasTheTiersFifthInItAndAWholeRefundTakesAllOfItBack(String provider) {
        SHOP.ledger().bean(Grants.class).welcome(buyer);
        tier(buyer, "gold");
        var order = SHOP.order(buyer, provider);
        assertThat(order.told().get("credits").toString()).isEqualTo("1440");
        // The order keeps the terms it was opened with.
        tier(buyer, "bronze");

        SHOP.pay(order);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_440);
        SHOP.refundByAdmin(order, "{\"amount\":25}");
        assertThat(SHOP.credits(buyer))
                .as("a fourth of all, its bonus included")
                .isEqualTo(1_080);
        SHOP.refundByAdmin(order, "{}");

        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isZero();
        assertThat(SHOP.seen(order).get("taken").toString()).isEqualTo("1440");
        assertThat(SHOP.ledger()
                        .number(
                                "SELECT count(*) FROM credit_grant g JOIN account a ON a.id = g.account"
                                        + " WHERE a.person = ? AND g.origin <> 'signup'",
                                buyer))
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anInvitationIsPaidWithTheFirstPaymentAndNotWithTheRechargeAfterIt(String provider) {
        var inviter = invited();
        SHOP.pay(SHOP.order(buyer, provider));
        assertThat(SHOP.credits(inviter)).isEqualTo(REWARD);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200 + REWARD);

        recharge(SHOP.ledger(), buyer, 10);
        SHOP.pay(SHOP.order(buyer, provider));

        assertThat(SHOP.credits(inviter)).isEqualTo(REWARD);
        assertThat(SHOP.credits(buyer)).isEqualTo(2_400 + REWARD + 10);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anInvitationIsPaidWithTheFirstRechargeAndNotWithThePaymentAfterIt(String provider) {
        var inviter = invited();
        recharge(SHOP.ledger(), buyer, 10);
        assertThat(SHOP.credits(inviter)).isEqualTo(REWARD);

        SHOP.pay(SHOP.order(buyer, provider));

        assertThat(SHOP.credits(inviter)).isEqualTo(REWARD);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200 + REWARD + 10);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anInvitationIsPaidOnceThoughPaymentsAndRechargesRace(String provider) throws Exception {
        var inviter = invited();
        var first = SHOP.pay(SHOP.order(buyer, provider), "{\"deliver\":false}");
        var second = SHOP.pay(SHOP.order(buyer, provider), "{\"deliver\":false}");
        var calls = new ArrayList<Callable<Object>>();
        calls.add(() -> SHOP.deliver(first, "{\"times\":3,\"atOnce\":true}"));
        calls.add(() -> SHOP.deliver(second, "{\"times\":3,\"atOnce\":true}"));
        for (int i = 0; i < 6; i++) {
            calls.add(() -> recharge(SHOP.ledger(), buyer, 1));
        }

        atOnce(calls);

        assertThat(SHOP.credits(inviter)).isEqualTo(REWARD);
        assertThat(SHOP.credits(buyer)).isEqualTo(2_400 + REWARD + 6);
    }

    /** The first payment paid it out: that it goes back later does not make the next one the first. */
    @Test
    void aRefundOfTheFirstPaymentMakesNoOtherTheFirst() {
        var inviter = invited();
        var order = SHOP.order(buyer, "stripe");
        SHOP.pay(order);
        SHOP.refund(order, "{}");

        SHOP.pay(SHOP.order(buyer, "wechat"));

        assertThat(SHOP.credits(inviter)).as("its gift went with it").isZero();
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    @Test
    void aDebtIsSettledBeforeAnythingCanBeSpentThoughTwoRechargesAndSpendersRace() throws Exception {
        var order = SHOP.order(buyer, "stripe");
        SHOP.pay(order);
        SHOP.spend(buyer, 1_720);
        SHOP.dispute(order, "{}");
        assertThat(SHOP.debt(buyer)).isEqualTo(1_200);
        var paid = SHOP.pay(SHOP.order(buyer, "alipay", 50), "{\"deliver\":false}");
        try (var other = SHOP.ledger().another(Map.of("quotabank.settlement.start", "false"))) {
            var calls = new ArrayList<Callable<Object>>();
            calls.add(() -> SHOP.deliver(paid, "{\"times\":2,\"atOnce\":true}"));
            calls.add(() -> recharge(other, buyer, 700));
            var applications = new Applications(SHOP.ledger());
            for (int i = 0; i < 100; i++) {
                calls.add(() -> applications.consume(
                        Applications.videos(), buyer, "\"amount\":1,\"action\":\"quick_spender\""));
            }
            atOnce(calls);
        }

        assertThat(SHOP.debt(buyer)).isZero();
        long account = SHOP.ledger().number("SELECT id FROM account WHERE code = ?", "user:" + buyer);
        long spent =
                SHOP.ledger().number("SELECT count(*) FROM transfer WHERE debit = ? AND type = 'consume'", account);
        assertThat(new People(SHOP.ledger()).posted(buyer)).isEqualTo((50 - spent) * 1_000_000);
        // Until the last of it was settled there was nothing to spend, not for a moment.
        assertThat(SHOP.ledger()
                        .number(
                                "SELECT count(*) FROM transfer WHERE debit = ? AND type = 'consume' AND debit_seq <"
                                        + " (SELECT max(debit_seq) FROM transfer WHERE debit = ?"
                                        + " AND type = 'debt_settlement')",
                                account,
                                account))
                .isZero();
        assertThat(SHOP.ledger()
                        .number(
                                "SELECT sum(amount)::bigint FROM transfer WHERE debit = ? AND type = 'debt_settlement'",
                                account))
                .isEqualTo(1_200_000_000);
    }

    @Test
    void givenCreditsSettleNoDebtAndStayTheirOwners() {
        var order = SHOP.order(buyer, "stripe");
        SHOP.pay(order);
        SHOP.spend(buyer, 1_720);
        SHOP.dispute(order, "{}");

        assertThat(SHOP.ledger()
                        .call(
                                "POST",
                                "/api/credits/gifts",
                                Shop.admin(),
                                "{\"user_id\":\"" + buyer + "\",\"credits\":80,\"reason\":\"sorry\"}")
                        .status())
                .isEqualTo(200);
        recharge(SHOP.ledger(), buyer, 300);

        assertThat(new People(SHOP.ledger()).posted(buyer)).isEqualTo(80_000_000);
        assertThat(SHOP.debt(buyer)).isEqualTo(900);
    }

    private UUID invited() {
        var inviter = UUID.randomUUID();
        People.invite(SHOP.ledger(), inviter, buyer);
        return inviter;
    }

    private static void tier(UUID person, String tier) {
        var set =
                SHOP.ledger().call("PUT", "/api/credits/tiers/" + person, Shop.admin(), "{\"tier\":\"" + tier + "\"}");
        assertThat(set.status()).isEqualTo(200);
    }

    private static Response recharge(Ledger ledger, UUID person, int credits) {
        People.signUp(ledger, person);
        var booked = ledger.call(
                "POST",
                "/api/credits/recharge",
                Shop.admin(),
                "{\"user_id\":\"" + person + "\",\"credits\":" + credits + "}");
        assertThat(booked.status()).as(booked.raw().body()).isEqualTo(200);
        return booked;
    }

    private static void atOnce(List<Callable<Object>> calls) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls)) {
                call.get();
            }
        }
    }
}
