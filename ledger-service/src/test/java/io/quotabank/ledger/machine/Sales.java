package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Orders, and what a provider says of their money, in the service and in the model. */
final class Sales {

    /** Of the keys of refunds the one that tells sums, which come to be and never fail. */
    private static final int SUMS = 2;

    private final Model model;
    private final Asking asking;

    Sales(Model model, Asking asking) {
        this.model = model;
        this.asking = asking;
    }

    void order(Person person) {
        UUID id = Paying.order(asking.process(), person.id, Bought.FEN, new Credits(Bought.CREDITS));
        model.orders.add(new Bought(id, person));
    }

    void paid(Bought bought, Step.Paid step) {
        var transaction = bought.order + "-" + step.transaction();
        tell(paid(bought, transaction, step.odd()), () -> bought.paid(transaction, step.odd(), model.now));
        // What is known of a transaction stays: of another amount it is the same one.
        asking.remember(
                process -> tell(
                        process,
                        paid(bought, transaction, step.odd()),
                        () -> bought.paid(transaction, step.odd(), model.now)),
                process -> tell(
                        process,
                        paid(bought, transaction, !step.odd()),
                        () -> bought.paid(transaction, !step.odd(), model.now)));
    }

    private static Event paid(Bought bought, String transaction, boolean odd) {
        return new Event.Paid(bought.order, transaction, odd ? Bought.FEN - 1 : Bought.FEN, "CNY");
    }

    void refunded(Bought bought, Step.Refunded step) {
        var transaction = bought.order + "-" + step.transaction();
        var key = transaction + "-refund-" + step.key();
        boolean sums = step.key() == SUMS;
        var state = sums ? RefundState.SUCCEEDED : step.state();
        both(
                fen -> new Event.Refunded(transaction, key, fen, sums, state),
                fen -> bought.refunded(transaction, key, fen, sums, state, model.now),
                step.fen());
    }

    void disputed(Bought bought, Step.Disputed step) {
        var transaction = bought.order + "-" + step.transaction();
        var key = transaction + "-dispute-" + step.key();
        both(
                fen -> new Event.Disputed(transaction, key, fen, step.state()),
                fen -> bought.disputed(transaction, key, fen, step.state(), model.now),
                step.fen());
    }

    private void both(LongFunction<Event> event, LongFunction<String> expected, long fen) {
        tell(event.apply(fen), () -> expected.apply(fen));
        asking.remember(
                process -> tell(process, event.apply(fen), () -> expected.apply(fen)),
                process -> tell(process, event.apply(fen + 1), () -> expected.apply(fen + 1)));
    }

    private void tell(Event event, Supplier<String> expected) {
        var told = asking.ask(Calls.take(event));
        assertThat(told.code()).as(told.body().toString()).isEqualTo(expected.get());
    }

    private static void tell(Ledger process, Event event, Supplier<String> expected) {
        var told = Calls.take(event).apply(process);
        assertThat(told.code()).as(told.body().toString()).isEqualTo(expected.get());
    }
}
