package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Takes credits back as the money they were bought with goes back. How much is to be gone follows from all refunds and
 * disputes of the payment together, never from one message: so a refund and a dispute of the same money claw once, in
 * whatever order and however often they are told, and what comes to nothing is given back.
 *
 * <p>What is available is taken; the rest, which was spent or is held, becomes a debt. A hold is never touched: what it
 * was opened for is under way.
 */
@Component
class Claws {

    private final OrderStore orders;
    private final PaymentStore payments;
    private final ReturnStore returns;
    private final PaymentEvents events;
    private final Debts debts;
    private final Accounts accounts;
    private final Transfers transfers;
    private final Ids ids;

    Claws(
            OrderStore orders,
            PaymentStore payments,
            ReturnStore returns,
            PaymentEvents events,
            Debts debts,
            Accounts accounts,
            Transfers transfers,
            Ids ids) {
        this.orders = orders;
        this.payments = payments;
        this.returns = returns;
        this.events = events;
        this.debts = debts;
        this.accounts = accounts;
        this.transfers = transfers;
        this.ids = ids;
    }

    /**
     * Brings the books to what is known of a payment now. Its transaction is this one's alone.
     *
     * @param why the type of the transfers, where credits are taken
     */
    void follow(Payment payment, TransferType why) {
        long backFen = Math.min(
                payment.amountFen(),
                Math.addExact(
                        returns.refundedFen(payment.provider(), payment.transaction()),
                        returns.disputedFen(payment.provider(), payment.transaction())));
        if (backFen == payment.clawedFen()) {
            return;
        }
        var target = payment.share(backFen);
        if (target.compareTo(payment.clawed()) > 0) {
            take(payment, target.minus(payment.clawed()), why);
        } else if (target.compareTo(payment.clawed()) < 0) {
            restore(payment, payment.clawed().minus(target));
        }
        payments.clawed(payment.id(), backFen, target);
    }

    private void take(Payment payment, Credits credits, TransferType why) {
        var issued = accounts.open(AccountCode.RECHARGES);
        var books = transfers.lock(List.of(issued, payment.account(), payment.debt()));
        var fromBalance = books.available(payment.account()).min(credits);
        var toDebt = credits.minus(fromBalance);
        if (!fromBalance.isZero()) {
            books.transfer(ids.next(), payment.account(), issued, fromBalance, why, payment.order());
        }
        if (!toDebt.isZero()) {
            books.transfer(ids.next(), payment.debt(), issued, toDebt, why, payment.order());
        }
        transfers.post(books);
        payments.claw(ids.next(), payment.id(), why, fromBalance, toDebt);
        tell(payment, PaymentRecord.Kind.TAKEN, credits, toDebt);
    }

    private void restore(Payment payment, Credits credits) {
        var issued = accounts.open(AccountCode.RECHARGES);
        var books = transfers.lock(List.of(issued, payment.account(), payment.debt()));
        books.transfer(ids.next(), issued, payment.account(), credits, TransferType.RECHARGE_RESTORED, payment.order());
        debts.settle(books, payment.account(), payment.debt(), credits);
        transfers.post(books);
        payments.claw(ids.next(), payment.id(), TransferType.RECHARGE_RESTORED, credits, Credits.ZERO);
        tell(payment, PaymentRecord.Kind.RESTORED, credits, Credits.ZERO);
    }

    private void tell(Payment payment, PaymentRecord.Kind kind, Credits credits, Credits owed) {
        var person = orders.find(payment.order()).orElseThrow().person();
        events.tell(payment, person, kind, credits, owed);
    }
}
