package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.reward.Rewards;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Takes credits back as the money they were bought with goes back. How much is to be gone follows from all refunds and
 * disputes of the payment together, never from one message: so a refund and a dispute of the same money claw once, in
 * whatever order and however often they are told, and what comes to nothing is given back.
 *
 * <p>What is available is taken; the rest, which was spent or is held, becomes a debt. A hold is never touched: what it
 * was opened for is under way. What comes back of it pays the debt.
 */
@Component
class Claws {

    private final OrderStore orders;
    private final PaymentStore payments;
    private final ReturnStore returns;
    private final PaymentEvents events;
    private final Debts debts;
    private final Rewards rewards;
    private final Accounts accounts;
    private final Transfers transfers;
    private final Ids ids;

    Claws(
            OrderStore orders,
            PaymentStore payments,
            ReturnStore returns,
            PaymentEvents events,
            Debts debts,
            Rewards rewards,
            Accounts accounts,
            Transfers transfers,
            Ids ids) {
        this.orders = orders;
        this.payments = payments;
        this.returns = returns;
        this.events = events;
        this.debts = debts;
        this.rewards = rewards;
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
        var person = orders.find(payment.order()).orElseThrow().person();
        var rewarded = rewards.rewarded(person, payment.account(), payment.id());
        var touched = List.of(accounts.open(AccountCode.RECHARGES), payment.account(), payment.debt());
        var books = transfers.lock(rewarded.map(sides -> sides.with(touched)).orElse(touched));
        // First: what is left of a gift goes as a gift, and pays for nothing else.
        rewarded.ifPresent(
                sides -> rewards.follow(books, sides, payment.debt(), payment.id(), payment.amountFen(), backFen));
        follow(books, payment, person, payment.share(backFen), why);
        transfers.post(books);
        payments.clawed(payment.id(), backFen, payment.share(backFen));
    }

    private void follow(Books books, Payment payment, UUID person, Credits target, TransferType why) {
        if (target.compareTo(payment.clawed()) > 0) {
            var owed = take(books, payment, target.minus(payment.clawed()), why);
            events.tell(payment, person, PaymentRecord.Kind.TAKEN, target.minus(payment.clawed()), owed);
        } else if (target.compareTo(payment.clawed()) < 0) {
            restore(books, payment, payment.clawed().minus(target));
            events.tell(
                    payment,
                    person,
                    PaymentRecord.Kind.RESTORED,
                    payment.clawed().minus(target),
                    Credits.ZERO);
        }
    }

    /** @return what was not available, and is owed */
    private Credits take(Books books, Payment payment, Credits credits, TransferType why) {
        var issued = accounts.open(AccountCode.RECHARGES);
        var fromBalance = books.available(payment.account()).min(credits);
        var toDebt = credits.minus(fromBalance);
        if (!fromBalance.isZero()) {
            books.transfer(ids.next(), payment.account(), issued, fromBalance, why, payment.order());
        }
        if (!toDebt.isZero()) {
            books.transfer(ids.next(), payment.debt(), issued, toDebt, why, payment.order());
            debts.pledge(books, payment.account(), toDebt);
        }
        payments.claw(ids.next(), payment.id(), why, fromBalance, toDebt);
        return toDebt;
    }

    private void restore(Books books, Payment payment, Credits credits) {
        var issued = accounts.open(AccountCode.RECHARGES);
        books.transfer(ids.next(), issued, payment.account(), credits, TransferType.RECHARGE_RESTORED, payment.order());
        debts.settle(books, payment.account(), payment.debt(), credits);
        payments.claw(ids.next(), payment.id(), TransferType.RECHARGE_RESTORED, credits, Credits.ZERO);
    }
}
