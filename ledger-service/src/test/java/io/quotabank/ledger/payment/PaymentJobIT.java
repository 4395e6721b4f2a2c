package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can't be done for one buyer keeps nobody else waiting. */
class PaymentJobIT {

    private static final Shop SHOP = Shop.open(Map.of());

    private final UUID unlucky = UUID.randomUUID();
    private final UUID next = UUID.randomUUID();

    @AfterEach
    void theDatabaseTakesAllAgainAndTheBooksAgree() {
        SHOP.ledger()
                .asOwner(
                        "DROP TRIGGER IF EXISTS refuse ON payment",
                        "DROP TRIGGER IF EXISTS refuse ON payment_refund",
                        "DROP FUNCTION refuse");
        assertThat(SHOP.ledger().differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        SHOP.close();
    }

    @Test
    void anOrderThatCanNotBeBookedHoldsUpNoOther() {
        var first = unheard(unlucky);
        var second = unheard(next);
        refuse("payment", "NEW.payment_order = '" + first.id() + "'");

        SHOP.runJobs();

        assertThat(SHOP.credits(unlucky)).isZero();
        assertThat(SHOP.status(first)).isEqualTo("pending");
        assertThat(SHOP.credits(next)).isEqualTo(1_200);
        assertThat(SHOP.status(second)).isEqualTo("paid");
    }

    @Test
    void aRefundThatCanNotBeWrittenHoldsUpNoOther() {
        var first = paidTwice(unlucky);
        var second = paidTwice(next);
        var transaction = SHOP.trade(first).at("/payments/1/transaction").asString();
        refuse("payment_refund", "NEW.provider_txn = '" + transaction + "' AND NEW.state <> 'requested'");

        SHOP.runJobs();

        assertThat(SHOP.trade(second).at("/payments/1/refunded").asLong()).isEqualTo(10_000);
        assertThat(SHOP.ledger()
                        .number(
                                "SELECT count(*) FROM payment_refund WHERE state = 'requested' AND provider_txn = ?",
                                transaction))
                .isEqualTo(1);
    }

    private static Shop.Order unheard(UUID buyer) {
        var order = SHOP.order(buyer, "stripe");
        SHOP.pay(order, "{\"deliver\":false}");
        SHOP.ledger().asOwner("UPDATE payment_order SET next_look_at = opened_at WHERE id = '" + order.id() + "'");
        return order;
    }

    private static Shop.Order paidTwice(UUID buyer) {
        var order = SHOP.order(buyer, "stripe");
        SHOP.pay(order);
        SHOP.pay(order);
        return order;
    }

    private static void refuse(String table, String when) {
        SHOP.ledger()
                .asOwner(
                        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                                + " $$ BEGIN RAISE EXCEPTION 'not this one'; END $$",
                        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON " + table + " FOR EACH ROW WHEN (" + when
                                + ") EXECUTE FUNCTION refuse()");
    }
}
