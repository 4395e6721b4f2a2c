package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.People;
import io.quotabank.ledger.payment.Shop.Order;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Money that goes back takes its credits along, once; what was spent becomes a debt, and no balance is negative. */
class ReturnIT {

    private static final Shop SHOP = Shop.shared();

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
    void anAdministratorRefundsInPartsAndThenTheRest(String provider) {
        var order = paid(provider);

        var part = SHOP.refundByAdmin(order, "{\"amount\":25.5,\"reason\":\"broken\"}");
        assertThat(part.status()).isEqualTo(200);
        assertThat(part.body().get("status").asString()).isEqualTo("succeeded");
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200 - 306);
        var tooMuch = SHOP.refundByAdmin(order, "{\"amount\":74.51}");
        assertThat(tooMuch.status()).isEqualTo(422);
        assertThat(tooMuch.body().get("code").asString()).isEqualTo("refund_too_large");
        for (var nothing : List.of("0", "-1")) {
            var refused = SHOP.refundByAdmin(order, "{\"amount\":" + nothing + "}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body().get("detail").asString()).isEqualTo("amount 须大于零");
        }
        var rest = SHOP.refundByAdmin(order, "{}");
        assertThat(rest.body().get("amount").toString()).isEqualTo("74.5");

        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.trade(order).at("/payments/0/refunded").asLong()).isEqualTo(10_000);
        assertThat(SHOP.refundByAdmin(order, "{}").status()).isEqualTo(422);
        assertThat(SHOP.seen(order).get("refunded").toString()).isEqualTo("100");
    }

    @Test
    void theHistoryNamesTheOrderThatWasPaidAndTakenBack() {
        var named = SHOP.buy(buyer, "{\"amount\":100,\"payment_method\":\"stripe\",\"order_id\":\"mine-7\"}");
        var mine = new Shop.Order(UUID.fromString(named.body().get("order").asString()), buyer, "stripe", named.body());
        SHOP.pay(mine);
        SHOP.refundByAdmin(mine, "{}");
        var unnamed = paid("stripe");

        var history = SHOP.ledger()
                .call("GET", "/api/credits/history", TestIdentity.user(buyer), "", "Accept-Language", "en")
                .body()
                .get("history");
        assertThat(history.valueStream().map(entry -> entry.get("description").asString()))
                .contains(
                        "Recharge · Stripe · mine-7",
                        "Recharge refunded · Stripe · mine-7",
                        "Recharge · Stripe · " + unnamed.id());
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aRefundAtTheProvidersDeskTakesTheCreditsOnceHoweverOftenItIsTold(String provider) {
        var order = paid(provider);

        var told = SHOP.refund(order, "{\"amount\":5000}");
        SHOP.deliver(told, "{\"times\":8,\"atOnce\":true}");

        assertThat(SHOP.credits(buyer)).isEqualTo(600);
    }

    @Test
    void theSameKeyOfOneAdministratorRefundsOnce() {
        var order = paid("stripe");
        var admin = Shop.admin();
        for (int i = 0; i < 3; i++) {
            assertThat(SHOP.refundBy(admin, order, "{\"amount\":10}", "Idempotency-Key", "k1")
                            .status())
                    .isEqualTo(200);
        }
        for (var other : List.of("{\"amount\":11}", "{}", "{\"amount\":10,\"reason\":\"another\"}")) {
            var refused = SHOP.refundBy(admin, order, other, "Idempotency-Key", "k1");
            assertThat(refused.status()).as(other).isEqualTo(422);
            assertThat(refused.body().get("code").asString()).isEqualTo("idempotency_key_reused");
        }
        assertThat(SHOP.credits(buyer)).isEqualTo(1_080);
        assertThat(SHOP.trade(order).at("/payments/0/refunded").asLong()).isEqualTo(1_000);
        SHOP.refundByAdmin(order, "{\"amount\":10}", "Idempotency-Key", "k1");
        assertThat(SHOP.credits(buyer)).as("another's key").isEqualTo(960);
    }

    @Test
    void onlyAdministratorsRefundAndOnlyWhatWasPaid() {
        var order = SHOP.order(buyer, "stripe");
        assertThat(SHOP.refundByAdmin(order, "{}").body().get("code").asString())
                .isEqualTo("order_not_paid");
        var byBuyer = SHOP.ledger()
                .call("POST", "/api/payment/orders/" + order.id() + "/refunds", TestIdentity.user(buyer), "{}");
        assertThat(byBuyer.status()).isEqualTo(403);
    }

    @Test
    void whatWasSpentBecomesADebtThatTheNextRechargesSettleFirst() {
        var order = paid("stripe");
        SHOP.spend(buyer, 1_500);

        SHOP.refund(order, "{}");

        // 220 of sign-up and purchase together were left; 980 of the 1,200 are owed.
        assertThat(new People(SHOP.ledger()).posted(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isEqualTo(980);
        var page = SHOP.ledger().call("GET", "/api/payment/orders", TestIdentity.user(buyer), "");
        assertThat(page.body().get("debt").toString()).isEqualTo("980");
        SHOP.pay(SHOP.order(buyer, "wechat", 50));
        assertThat(new People(SHOP.ledger()).posted(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isEqualTo(430);
        var booked = SHOP.ledger()
                .call("POST", "/api/credits/recharge", Shop.admin(), "{\"user_id\":\"" + buyer + "\",\"credits\":500}");
        assertThat(booked.body().get("credits").toString()).isEqualTo("70");
        assertThat(SHOP.debt(buyer)).isZero();
    }

    /** What is held is promised to work under way: it is never taken, and owed instead. */
    @Test
    void whatIsHeldIsNotTaken() {
        var order = paid("stripe");
        new People(SHOP.ledger()).lease(buyer, 1_000_000_000, 1_000_000_000);

        SHOP.dispute(order, "{}");

        assertThat(new People(SHOP.ledger()).posted(buyer))
                .isEqualTo(new People(SHOP.ledger()).held(buyer))
                .isGreaterThanOrEqualTo(1_000_000_000);
        assertThat(SHOP.debt(buyer)).isPositive();
    }

    @Test
    void aRefundAndADisputeOfTheSamePaymentClawOnce() {
        var order = paid("stripe");

        SHOP.dispute(order, "{\"status\":\"open\"}");
        assertThat(SHOP.credits(buyer)).isZero();
        SHOP.refund(order, "{}");
        SHOP.dispute(order, "{\"status\":\"lost\"}");

        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isZero();
    }

    /** The bank takes back what is left of a payment, and what was refunded of it: the credits go once. */
    @Test
    void partialRefundsAndThenADisputeOfTheSameMoneyTakeAllOnceAndAWonOneLeavesTheRefunds() {
        var order = paid("stripe");
        SHOP.refund(order, "{\"amount\":2500}");
        SHOP.refundByAdmin(order, "{\"amount\":25}");
        assertThat(SHOP.credits(buyer)).isEqualTo(600);

        SHOP.dispute(order, "{\"status\":\"open\",\"amount\":10000}");
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isZero();
        assertThat(SHOP.refundByAdmin(order, "{}").body().get("code").asString())
                .isEqualTo("refund_too_large");
        SHOP.dispute(order, "{\"status\":\"won\",\"amount\":10000}");

        assertThat(SHOP.credits(buyer)).isEqualTo(600);
        assertThat(SHOP.seen(order).get("refunded").toString()).isEqualTo("50");
    }

    /** Our own refund's notification may be late or lost: its answer must do. */
    @ParameterizedTest
    @MethodSource("providers")
    void aRefundAtTheDeskAndOneOfOursTakeTheCreditsOfBoth(String provider) {
        var order = paid(provider);
        SHOP.refund(order, "{\"amount\":2500}");
        assertThat(SHOP.credits(buyer)).isEqualTo(900);

        assertThat(SHOP.refundByAdmin(order, "{}").body().get("amount").toString())
                .isEqualTo("75");

        assertThat(SHOP.trade(order).at("/payments/0/refunded").asLong()).isEqualTo(10_000);
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.seen(order).get("refunded").toString()).isEqualTo("100");
    }

    @Test
    void aDisputeThatIsWonGivesBackWhatItTookAndALateMessageOfItsBeginningChangesNothing() {
        var order = paid("stripe");
        var opened = SHOP.dispute(order, "{\"status\":\"open\",\"amount\":4000}");
        assertThat(SHOP.credits(buyer)).isEqualTo(720);

        SHOP.dispute(order, "{\"status\":\"won\",\"amount\":4000}");
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        SHOP.deliver(opened, "{}");

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    @Test
    void whatIsGivenBackSettlesTheDebtThatWasMadeOfIt() {
        var order = paid("stripe");
        SHOP.spend(buyer, 1_720);
        SHOP.dispute(order, "{\"status\":\"open\"}");
        assertThat(SHOP.debt(buyer)).isEqualTo(1_200);

        SHOP.dispute(order, "{\"status\":\"won\"}");

        assertThat(SHOP.debt(buyer)).isZero();
        assertThat(new People(SHOP.ledger()).posted(buyer)).isZero();
    }

    @Test
    void aRefundThatFailsGivesTheCreditsBack() {
        var order = paid("stripe");
        SHOP.refund(order, "{\"amount\":5000,\"deliver\":false}");

        SHOP.refund(order, "{\"amount\":2000,\"failed\":true}");

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    private Order paid(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        return order;
    }
}
