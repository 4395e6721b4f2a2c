package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.payment.Shop.Order;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A refund of ours that its provider does not make: what leaves the merchant is taken back, and nothing else. */
class RefusedRefundIT {

    private static final Shop SHOP = Shop.shared();
    private static final String HALF = "{\"amount\":50}";

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
    void isGivenBackWhereItIsRefusedForGoodAndTheDesksTakesItsOwn(String provider) {
        var order = paid(provider);
        var desk = SHOP.refund(order, "{\"amount\":6000,\"deliver\":false}");

        var refused = SHOP.refundByAdmin(order, HALF);
        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.body().get("status").asString()).isEqualTo("failed");
        assertThat(refused.body().get("success").asBoolean()).isFalse();
        askAgain(order);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        SHOP.deliver(desk, "{\"times\":2}");

        assertThat(SHOP.trade(order).at("/payments/0/refunded").asLong()).isEqualTo(6_000);
        assertThat(SHOP.credits(buyer)).isEqualTo(480);
        assertThat(SHOP.seen(order).get("refunded").toString()).isEqualTo("60");
    }

    /** The first asking was heard, and its answer lost; by now the provider knows no more that it is the same. */
    @ParameterizedTest
    @MethodSource("providers")
    void isNoneThatWasRefusedWhereItWasMadeBefore(String provider) {
        var order = paid(provider);
        isUnanswered(order, "lost");

        SHOP.answerRefunds(order, "refused");
        askAgain(order);

        isMadeOnce(order);
    }

    /** The answer was lost for longer than Stripe knows idempotency keys. */
    @Test
    void isMadeOnceWhereItsKeyIsForgotten() {
        var order = paid("stripe");
        isUnanswered(order, "lost");

        SHOP.answerRefunds(order, "forgetful");
        askAgain(order);

        isMadeOnce(order);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void isAskedForAgainWhereTheProviderIsAway(String provider) {
        var order = paid(provider);
        isUnanswered(order, "away");
        askAgain(order);
        assertThat(state(order)).isEqualTo("requested");
        assertThat(SHOP.credits(buyer)).isEqualTo(600);

        SHOP.answerRefunds(order, "as_usual");
        askAgain(order);

        isMadeOnce(order);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void takesItsCreditsAgainOnceItIsToldOfAfterAll(String provider) {
        var order = paid(provider);
        SHOP.answerRefunds(order, "refused");
        assertThat(status(SHOP.refundByAdmin(order, HALF))).isEqualTo("failed");
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);

        tell(order, RefundState.SUCCEEDED);
        tell(order, RefundState.SUCCEEDED);
        tell(order, RefundState.REQUESTED);
        assertThat(SHOP.credits(buyer)).isEqualTo(600);
        tell(order, RefundState.FAILED);
        tell(order, RefundState.SUCCEEDED);

        assertThat(SHOP.credits(buyer)).as("what is told as failed stays so").isEqualTo(1_200);
    }

    /** No notification of it comes. */
    @ParameterizedTest
    @ValueSource(strings = {"stripe", "wechat"})
    void isLookedAtUntilItIsDone(String provider) {
        var order = paid(provider);
        isUnanswered(order, "slow");
        askAgain(order);
        assertThat(state(order)).isEqualTo("requested");
        assertThat(SHOP.credits(buyer)).isEqualTo(600);
        assertThat(refuse(order)).as("what its provider told of is not refused").isFalse();

        // Whoever asked anew would have another one.
        SHOP.answerRefunds(order, "forgetful");
        SHOP.runJobs();
        assertThat(state(order)).as("not looked at before its time").isEqualTo("requested");
        askAgain(order);

        isMadeOnce(order);
        assertThat(waits(order)).isFalse();
    }

    /** It was told of to a process that looks at nothing afterwards. */
    @ParameterizedTest
    @ValueSource(strings = {"stripe", "wechat"})
    void isLookedAtWhereTheReleaseBeforeHeardOfIt(String provider) {
        var order = paid(provider);
        isUnanswered(order, "slow");
        SHOP.ledger()
                .asOwner("UPDATE payment_refund SET told = false, next_try_at = NULL WHERE provider_txn IN "
                        + transactions(order));

        SHOP.answerRefunds(order, "forgetful");
        SHOP.runJobs();

        isMadeOnce(order);
    }

    @Test
    void isLookedAtWhereItWasRefusedAndIsUnderWayAfterAll() {
        var order = paid("stripe");
        SHOP.answerRefunds(order, "refused");
        assertThat(status(SHOP.refundByAdmin(order, HALF))).isEqualTo("failed");

        tell(order, RefundState.REQUESTED);

        assertThat(SHOP.credits(buyer)).isEqualTo(600);
        assertThat(waits(order)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stripe", "wechat"})
    void givesItsCreditsBackWhereItComesToNothingAndNobodyTells(String provider) {
        var order = paid(provider);
        isUnanswered(order, "slow");
        SHOP.answerRefunds(order, "failed");

        askAgain(order);

        assertThat(state(order)).isEqualTo("failed");
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        assertThat(waits(order)).isFalse();
    }

    /** The desk's own goes its way without us. */
    @Test
    void isNotAskedForWhereTheDeskMadeIt() {
        var order = paid("stripe");
        var transaction = SHOP.trade(order).at("/payments/0/transaction").asString();
        for (int i = 0; i < 2; i++) {
            var told = new Event.Refunded(transaction, "re_" + buyer, 5_000, false, RefundState.REQUESTED);
            SHOP.ledger().bean(Payments.class).take(PaymentProvider.Name.STRIPE, told);
        }
        SHOP.runJobs();

        assertThat(SHOP.credits(buyer)).isEqualTo(600);
        assertThat(waits(order)).isFalse();
    }

    /** Of money that came twice; it is with us, and people look at it. */
    @Test
    void movesNothingWhereItWasOfASecondPayment() {
        var order = paid("stripe");
        SHOP.answerRefunds(order, "refused");
        SHOP.pay(order);

        askAgain(order);

        assertThat(state(order)).isEqualTo("failed");
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
    }

    private Order paid(String provider) {
        var order = SHOP.order(buyer, provider);
        SHOP.pay(order);
        assertThat(SHOP.credits(buyer)).isEqualTo(1_200);
        return order;
    }

    /** Half of it is asked for, and nobody knows what came of that. */
    private static void isUnanswered(Order order, String answer) {
        SHOP.answerRefunds(order, answer);
        assertThat(status(SHOP.refundByAdmin(order, HALF))).isEqualTo("requested");
    }

    private void isMadeOnce(Order order) {
        assertThat(state(order)).isEqualTo("succeeded");
        assertThat(SHOP.trade(order).at("/payments/0/refunded").asLong()).isEqualTo(5_000);
        assertThat(SHOP.credits(buyer)).isEqualTo(600);
    }

    /** Whatever of it waits to be asked for. */
    private static void askAgain(Order order) {
        SHOP.ledger()
                .asOwner("UPDATE payment_refund SET next_try_at = created_at WHERE next_try_at IS NOT NULL"
                        + " AND provider_txn IN " + transactions(order));
        SHOP.runJobs();
    }

    private static void tell(Order order, RefundState state) {
        var transaction = SHOP.trade(order).at("/payments/0/transaction").asString();
        var told = new Event.Refunded(transaction, key(order), 5_000, false, state);
        SHOP.ledger().bean(Payments.class).take(PaymentProvider.Name.of(order.provider()), told);
    }

    private static String state(Order order) {
        return text("SELECT state FROM payment_refund WHERE NOT cumulative AND provider_txn IN " + transactions(order));
    }

    /** A late answer to an asking of before. */
    private static boolean refuse(Order order) {
        return SHOP.ledger().bean(ReturnStore.class).refused(PaymentProvider.Name.of(order.provider()), key(order));
    }

    private static boolean waits(Order order) {
        return SHOP.ledger()
                        .number("SELECT count(*) FROM payment_refund WHERE next_try_at IS NOT NULL AND provider_txn IN "
                                + transactions(order))
                > 0;
    }

    private static String key(Order order) {
        return text("SELECT refund_key FROM payment_refund WHERE provider_txn IN " + transactions(order));
    }

    private static String text(String sql) {
        return SHOP.ledger().bean(JdbcClient.class).sql(sql).query(String.class).single();
    }

    private static String status(Response answer) {
        return answer.body().get("status").asString();
    }

    private static String transactions(Order order) {
        return "(SELECT provider_txn FROM payment WHERE payment_order = '" + order.id() + "')";
    }
}
