package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.payment.Shop.Order;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Credits move exactly when they should: each provider's own SDK against its own protocol. */
class NotificationIT {

    private static final Shop SHOP = Shop.shared();
    private static final Map<String, List<Object>> ACCEPTED = Map.of(
            "stripe", List.of(200, "{\"received\":true}"),
            "wechat", List.of(200, "{\"code\":\"SUCCESS\"}"),
            "alipay", List.of(200, "success"));

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
    void aPaidOrderBringsItsCreditsOnceHoweverOftenItIsTold(String provider) {
        var order = SHOP.order(buyer, provider);
        assertThat(order.told().get("status").asString()).isEqualTo("pending");
        assertThat(order.told().get("credits").toString()).isEqualTo("1200");
        assertThat(order.told().has(provider.equals("wechat") ? "code_url" : "pay_url"))
                .isTrue();
        assertThat(SHOP.credits(buyer)).isZero();

        var done = SHOP.pay(order);

        accepted(done.get("deliveries"), provider);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
        accepted(SHOP.deliver(done, "{\"times\":3}"), provider);
        accepted(SHOP.deliver(done, "{\"replay\":true}"), provider);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void ofManyNotificationsAtOnceOneBooks(String provider) {
        var done = SHOP.pay(SHOP.order(buyer, provider), "{\"deliver\":false}");

        accepted(SHOP.deliver(done, "{\"times\":16,\"atOnce\":true}"), provider);

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    @ParameterizedTest
    @CsvSource({
        "stripe, signature", "stripe, body", "stripe, old",
        "wechat, signature", "wechat, body", "wechat, old",
        "alipay, signature", "alipay, body", "alipay, old"
    })
    void whatIsForgedChangedOrExpiredMovesNothing(String provider, String forgery) {
        var order = SHOP.order(buyer, provider);
        var done = SHOP.pay(order, "{\"deliver\":false}");

        var refused = SHOP.deliver(done, "{\"forge\":\"" + forgery + "\"}").get(0);

        assertThat(refused.get("body").asString())
                .isNotEqualTo(ACCEPTED.get(provider).get(1));
        assertThat(refused.get("status").asInt())
                .isEqualTo(Map.of("stripe", 400, "wechat", 401, "alipay", 200).get(provider));
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.status(order)).isEqualTo("pending");
        assertThat(payments(order)).isZero();
        accepted(SHOP.deliver(done, "{}"), provider);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anotherMerchantsPaymentMovesNothing(String provider) {
        var order = SHOP.order(buyer, provider);

        var done = SHOP.pay(order, "{\"otherMerchant\":true}");

        assertThat(done.at("/deliveries/0/body").asString())
                .isNotEqualTo(ACCEPTED.get(provider).get(1));
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(payments(order)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "stripe, 1, CNY", "wechat, 1, CNY", "alipay, 1, CNY",
        "stripe, 10001, CNY", "wechat, 10001, CNY", "alipay, 10001, CNY",
        "stripe, 10000, USD", "wechat, 10000, USD"
    })
    void anotherAmountOrCurrencyIsNotedAndMovesNothing(String provider, long amount, String currency) {
        var order = SHOP.order(buyer, provider);

        var done = SHOP.pay(order, "{\"amount\":" + amount + ",\"currency\":\"" + currency + "\"}");

        accepted(done.get("deliveries"), provider);
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.status(order)).isEqualTo("pending");
        assertThat(SHOP.ledger()
                        .number(
                                "SELECT count(*) FROM payment WHERE payment_order = ? AND standing = 'odd'",
                                order.id()))
                .isEqualTo(1);
    }

    /** Nobody can pay it what it asked for any more: it is not looked at for ever, nor counts among the unpaid. */
    @ParameterizedTest
    @MethodSource("providers")
    void anOrderThatWasPaidAnotherAmountIsClosedWhenItsTimeIsOver(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order, "{\"amount\":1}");
        isLookedAt(order);
        SHOP.runJobs();
        assertThat(SHOP.status(order)).isEqualTo("pending");

        isOver(order);
        SHOP.runJobs();

        assertThat(SHOP.status(order)).isEqualTo("closed");
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(payments(order)).isEqualTo(1);
    }

    /** A genuine message of one provider, about an order that another one was to be paid for. */
    @ParameterizedTest
    @CsvSource({"stripe, wechat", "wechat, alipay", "alipay, stripe"})
    void anotherProvidersOrderMovesNothing(String provider, String other) {
        var order = SHOP.order(buyer, provider);
        var done = SHOP.pay(order, "{\"deliver\":false}");
        SHOP.ledger().asOwner("UPDATE payment_order SET provider = '" + other + "' WHERE id = '" + order.id() + "'");

        var refused = SHOP.deliver(done, "{}").get(0);

        assertThat(refused.get("body").asString())
                .isNotEqualTo(ACCEPTED.get(provider).get(1));
        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(payments(order)).isZero();
    }

    /** The payer was quicker than the answer to our own request. */
    @ParameterizedTest
    @MethodSource("providers")
    void aNotificationBeforeTheOrdersAnswerBooks(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.ledger()
                .asOwner("UPDATE payment_order SET state = 'opening', pay_url = NULL, code_url = NULL, reference = NULL"
                        + " WHERE id = '" + order.id() + "'");

        accepted(SHOP.pay(order).get("deliveries"), provider);

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aPaymentAfterTheOrderWasClosedBooks(String provider) {
        var order = SHOP.order(buyer, provider);
        isOver(order);
        SHOP.runJobs();
        assertThat(SHOP.status(order)).isEqualTo("closed");
        assertThat(SHOP.trade(order).get("state").asString()).isEqualTo("closed");

        accepted(SHOP.pay(order).get("deliveries"), provider);

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aPaymentOfWhichNobodyToldIsFoundByAsking(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order, "{\"deliver\":false}");
        isLookedAt(order);

        SHOP.runJobs();

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        assertThat(SHOP.status(order)).isEqualTo("paid");
    }

    /** Closing is refused by a provider that was paid meanwhile. */
    @ParameterizedTest
    @MethodSource("providers")
    void anOrderThatWasPaidInItsLastMomentIsNotClosed(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order, "{\"deliver\":false}");
        isOver(order);

        SHOP.runJobs();

        assertThat(SHOP.status(order)).isEqualTo("paid");
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aSecondPaymentOfAnOrderIsSentBack(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order);

        accepted(SHOP.pay(order).get("deliveries"), provider);
        SHOP.runJobs();

        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        var payments = SHOP.trade(order).get("payments");
        assertThat(payments.get(0).get("refunded").asLong()).isZero();
        assertThat(payments.get(1).get("refunded").asLong()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aRefundThatIsToldBeforeThePaymentLeavesNothing(String provider) {
        var order = SHOP.order(buyer, provider);
        var paid = SHOP.pay(order, "{\"deliver\":false}");

        accepted(SHOP.refund(order, "{}").get("deliveries"), provider);
        assertThat(SHOP.credits(buyer)).isZero();
        accepted(SHOP.deliver(paid, "{}"), provider);

        assertThat(SHOP.credits(buyer)).isZero();
        assertThat(SHOP.debt(buyer)).isZero();
        assertThat(SHOP.status(order)).isEqualTo("paid");
        assertThat(SHOP.seen(order).get("refunded").toString()).isEqualTo("100");
    }

    private static void accepted(JsonNode deliveries, String provider) {
        assertThat(deliveries.size()).isPositive();
        deliveries.forEach(delivery -> assertThat(List.<Object>of(
                        delivery.get("status").asInt(), delivery.get("body").asString()))
                .isEqualTo(ACCEPTED.get(provider)));
    }

    private static void isLookedAt(Order order) {
        SHOP.ledger().asOwner("UPDATE payment_order SET next_look_at = opened_at WHERE id = '" + order.id() + "'");
    }

    private static void isOver(Order order) {
        SHOP.ledger()
                .asOwner("UPDATE payment_order SET closes_at = opened_at + interval '1 ms' WHERE id = '" + order.id()
                        + "'");
        isLookedAt(order);
    }

    private static long payments(Order order) {
        return SHOP.ledger().number("SELECT count(*) FROM payment WHERE payment_order = ?", order.id());
    }
}
