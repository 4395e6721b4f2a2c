package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Orders that are paid, refunded and disputed: the end is the same in whatever order it is told. */
final class Till {

    private static final long REFUNDED = 2_345;
    private static final long LOST = 1_111;

    private static final String LEFT = """
            SELECT coalesce(sum(credits - clawed), 0)::bigint FROM payment WHERE payment_order = ?
            """;

    // Of the people whose orders these are: what they have of payments, less what they owe for them.
    private static final String NET = """
            SELECT coalesce(sum(CASE WHEN e.type = 'debt_settlement' THEN 0 WHEN e.side = 'credit' THEN e.amount
                                     ELSE -e.amount END), 0)::bigint
            FROM entry e JOIN account a ON a.id = e.account JOIN payment_order o ON o.person = a.person
            WHERE o.id = ? AND (e.reference = o.id AND e.type IN ('recharge_refund', 'chargeback', 'recharge_restored')
                                OR e.transfer IN (SELECT id FROM payment WHERE payment_order = o.id))
            """;

    private final List<Event> stories = new ArrayList<>();
    private final List<UUID> orders = new ArrayList<>();

    void order(UUID person) {
        var order = Paying.order(Machine.process(0), person, Bought.FEN, new Credits(Bought.CREDITS));
        orders.add(order);
        var paid = order + "-paid";
        stories.add(new Event.Paid(order, paid, Bought.FEN, "CNY"));
        stories.add(new Event.Paid(order, order + "-odd", Bought.FEN + 1, "CNY"));
        stories.add(new Event.Refunded(paid, paid + "-1", REFUNDED, false, RefundState.REQUESTED));
        stories.add(new Event.Refunded(paid, paid + "-1", REFUNDED, false, RefundState.SUCCEEDED));
        stories.add(new Event.Refunded(paid, paid + "-2", REFUNDED, false, RefundState.SUCCEEDED));
        stories.add(new Event.Refunded(paid, paid + "-2", REFUNDED, false, RefundState.FAILED));
        stories.add(new Event.Disputed(paid, paid + "-3", LOST, DisputeState.OPEN));
        stories.add(new Event.Disputed(paid, paid + "-3", LOST, DisputeState.LOST));
        stories.add(new Event.Disputed(paid, paid + "-4", Bought.FEN, DisputeState.OPEN));
        stories.add(new Event.Disputed(paid, paid + "-4", Bought.FEN, DisputeState.WON));
    }

    List<Event> stories() {
        return stories;
    }

    /** Once all of it was told. */
    void compare(Ledger ledger) {
        long stays = Bought.CREDITS / Bought.FEN * (Bought.FEN - REFUNDED - LOST);
        for (var order : orders) {
            assertThat(ledger.number(LEFT, order)).isEqualTo(stays);
            assertThat(ledger.number(NET, order)).isEqualTo(stays);
        }
    }
}
