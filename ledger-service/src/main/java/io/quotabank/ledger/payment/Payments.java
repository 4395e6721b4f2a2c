package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.payment.Payment.Standing;
import io.quotabank.ledger.payment.PaymentOrder.State;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.reward.Rewards;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Books what providers say of money, each of their transactions once, whoever says it how often and in which order.
 *
 * <p>A payment of an order's own amount books the order's credits, also where the order was closed: the money is with us,
 * and it is what the order asked for. A further payment of a paid order is sent back. One of another amount or currency
 * moves nothing and is left to people.
 */
@Service
class Payments {

    /** What became of an event. */
    sealed interface Taken {

        /** It is in the books, now or before. */
        record Booked() implements Taken {}

        /** It is written down and moved no credits. */
        record Noted() implements Taken {}

        /** It is of a payment, and there is no such order with this provider: nothing was written. */
        record Unknown() implements Taken {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Payments.class);

    private final OrderStore orders;
    private final PaymentStore payments;
    private final ReturnStore returns;
    private final Claws claws;
    private final PaymentEvents events;
    private final Debts debts;
    private final Rewards rewards;
    private final Accounts accounts;
    private final Transfers transfers;
    private final Ids ids;
    private final Clock clock;
    private final PaymentProperties properties;

    Payments(
            OrderStore orders,
            PaymentStore payments,
            ReturnStore returns,
            Claws claws,
            PaymentEvents events,
            Debts debts,
            Rewards rewards,
            Accounts accounts,
            Transfers transfers,
            Ids ids,
            Clock clock,
            PaymentProperties properties) {
        this.orders = orders;
        this.payments = payments;
        this.returns = returns;
        this.claws = claws;
        this.events = events;
        this.debts = debts;
        this.rewards = rewards;
        this.accounts = accounts;
        this.transfers = transfers;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /** Call it outside a transaction. It is in the database when this returns. */
    Taken take(PaymentProvider.Name provider, Event event) {
        return switch (event) {
            case Event.Paid paid -> paid(provider, paid);
            case Event.Refunded refund -> wentBack(provider, refund, TransferType.RECHARGE_REFUND);
            case Event.Disputed dispute -> wentBack(provider, dispute, TransferType.CHARGEBACK);
        };
    }

    private Taken paid(PaymentProvider.Name provider, Event.Paid paid) {
        var known = orders.find(paid.order()).filter(order -> order.provider() == provider);
        if (known.isEmpty()) {
            LOG.error(
                    "{} tells of a payment {} for {}, which is no order there",
                    provider,
                    paid.transaction(),
                    paid.order());
            return new Taken.Unknown();
        }
        // Opened before the transaction that locks them.
        debts.account(known.get().person());
        accounts.open(AccountCode.RECHARGES);
        accounts.open(AccountCode.GRANTS);
        return transfers.inTransaction(() -> {
            payments.oneAtATime(provider, paid.transaction());
            var order = orders.lock(paid.order());
            var earlier = payments.find(provider, paid.transaction());
            return earlier.isPresent() ? same(earlier.get(), paid) : first(order, paid);
        });
    }

    private static Taken same(Payment earlier, Event.Paid paid) {
        if (!earlier.order().equals(paid.order())) {
            LOG.error(
                    "payment {} was of order {}, and is now said to be of {}",
                    earlier.id(),
                    earlier.order(),
                    paid.order());
            return new Taken.Noted();
        }
        return earlier.standing() == Standing.BOOKED ? new Taken.Booked() : new Taken.Noted();
    }

    private Taken first(PaymentOrder order, Event.Paid paid) {
        var payment = payment(order, paid);
        payments.insert(payment);
        events.tell(payment, order.person(), kind(payment.standing()), payment.credits(), Credits.ZERO);
        switch (payment.standing()) {
            case BOOKED -> book(order, payment);
            case SURPLUS ->
                returns.request(
                        payment.provider(),
                        payment.id().toString().replace("-", ""),
                        payment.transaction(),
                        payment.amountFen(),
                        "service:ledger-service",
                        "paid twice",
                        clock.instant());
            case ODD ->
                LOG.error(
                        "payment {} of order {} is {} {} and not {} CNY; it moved no credits",
                        payment.id(),
                        order.id(),
                        payment.amountFen(),
                        payment.currency(),
                        order.amountFen());
        }
        return payment.standing() == Standing.BOOKED ? new Taken.Booked() : new Taken.Noted();
    }

    private static PaymentRecord.Kind kind(Standing standing) {
        return switch (standing) {
            case BOOKED -> PaymentRecord.Kind.BOOKED;
            case SURPLUS -> PaymentRecord.Kind.SURPLUS;
            case ODD -> PaymentRecord.Kind.ODD;
        };
    }

    private Payment payment(PaymentOrder order, Event.Paid paid) {
        boolean asAsked =
                paid.amountFen() == order.amountFen() && paid.currency().equals(PaymentProvider.CURRENCY);
        var standing = !asAsked ? Standing.ODD : order.state() == State.PAID ? Standing.SURPLUS : Standing.BOOKED;
        return new Payment(
                ids.next(),
                order.provider(),
                paid.transaction(),
                order.id(),
                order.account(),
                debts.account(order.person()),
                paid.amountFen(),
                paid.currency(),
                standing,
                standing == Standing.BOOKED ? order.credits() : Credits.ZERO,
                0,
                Credits.ZERO);
    }

    private void book(PaymentOrder order, Payment payment) {
        var issued = accounts.open(AccountCode.RECHARGES);
        var sides = rewards.sides(order.person(), payment.account());
        var books = transfers.lock(sides.with(List.of(issued, payment.debt())));
        books.transfer(payment.id(), issued, payment.account(), payment.credits(), TransferType.RECHARGE, order.id());
        rewards.paid(books, sides, payment.id());
        debts.settle(books, payment.account(), payment.debt(), payment.credits());
        transfers.post(books);
        orders.paid(order.id(), clock.instant());
        // It may have gone back before we heard of it.
        claws.follow(payment, TransferType.RECHARGE_REFUND);
    }

    private Taken wentBack(PaymentProvider.Name provider, Event event, TransferType why) {
        accounts.open(AccountCode.RECHARGES);
        return transfers.inTransaction(() -> {
            payments.oneAtATime(provider, event.transaction());
            switch (event) {
                case Event.Refunded refund ->
                    returns.told(provider, refund, clock.instant().plus(properties.lookAgain()));
                case Event.Disputed dispute -> returns.told(provider, dispute);
                case Event.Paid paid -> throw new IllegalArgumentException("a payment does not go back");
            }
            return follow(provider, event.transaction(), why) ? new Taken.Booked() : new Taken.Noted();
        });
    }

    /** False where the payment has not come yet. */
    private boolean follow(PaymentProvider.Name provider, String transaction, TransferType why) {
        var payment = payments.find(provider, transaction);
        payment.ifPresent(known -> claws.follow(known, why));
        return payment.isPresent();
    }

    /**
     * A refund of ours was refused for good: its credits are given back. Call it outside a transaction.
     *
     * @return false where the provider has told of it meanwhile: nothing happens
     */
    boolean refused(PaymentProvider.Name provider, String transaction, String key) {
        accounts.open(AccountCode.RECHARGES);
        return transfers.inTransaction(() -> {
            payments.oneAtATime(provider, transaction);
            return returns.refused(provider, key) && follow(provider, transaction, TransferType.RECHARGE_REFUND);
        });
    }

    /** Payments of an order, oldest first. */
    List<Payment> of(UUID order) {
        return payments.of(order);
    }
}
