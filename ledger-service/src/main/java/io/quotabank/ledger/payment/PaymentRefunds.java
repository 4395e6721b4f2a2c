package io.quotabank.ledger.payment;

import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.payment.ReturnStore.Due;
import io.quotabank.ledger.payment.ReturnStore.Made;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.AwayException;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Refunding;
import io.quotabank.ledger.paymentprovider.PaymentProviders;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Sends money back. The credits are taken first, in the transaction that writes the refund down; then the provider is
 * asked, again and again until it has answered; if it refuses for good, the credits are given back. A refund that it has
 * told of is never asked for again, only looked at until it has an end. What it tells after that counts all the same.
 */
@Service
class PaymentRefunds {

    /** How an administrator's wish ends. */
    sealed interface Outcome {

        /** Written down, by this request or an earlier one with its key. */
        record Asked(Made refund) implements Outcome {}

        record NothingPaid() implements Outcome {}

        /** More than is left of the payment. */
        record TooMuch(long leftFen) implements Outcome {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(PaymentRefunds.class);

    private final PaymentStore payments;
    private final ReturnStore returns;
    private final Payments taken;
    private final Claws claws;
    private final PaymentProviders providers;
    private final Accounts accounts;
    private final Transfers transfers;
    private final Idempotency idempotency;
    private final Ids ids;
    private final Clock clock;
    private final PaymentProperties properties;

    PaymentRefunds(
            PaymentStore payments,
            ReturnStore returns,
            Payments taken,
            Claws claws,
            PaymentProviders providers,
            Accounts accounts,
            Transfers transfers,
            Idempotency idempotency,
            Ids ids,
            Clock clock,
            PaymentProperties properties) {
        this.payments = payments;
        this.returns = returns;
        this.taken = taken;
        this.claws = claws;
        this.providers = providers;
        this.accounts = accounts;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /**
     * Refunds the payment that paid an order, or the newest one that was said to.
     *
     * @param fen null for all that is left of it
     * @param key the caller's idempotency key, if there is one
     */
    Idempotency.Outcome<Outcome> refund(
            PaymentOrder order, @Nullable Long fen, String reason, String actor, @Nullable String key) {
        var paid = payments.of(order.id()).stream()
                .reduce((first, next) -> first.standing() == Payment.Standing.BOOKED ? first : next);
        if (paid.isEmpty()) {
            return new Idempotency.Outcome.Done<>(new Outcome.NothingPaid());
        }
        accounts.open(AccountCode.RECHARGES);
        var name = name(order, key == null ? ids.next().toString() : actor + ":" + Idempotency.checked(key));
        var digest = Idempotency.digest("payment-refund|" + order.id() + "|" + fen + "|" + reason);
        var written = transfers.inTransaction(() -> idempotency.once(
                actor, key, digest, Outcome.Asked.class, () -> write(paid.get(), fen, reason, actor, name)));
        return written instanceof Idempotency.Outcome.Done<Outcome>(Outcome.Asked asked)
                ? new Idempotency.Outcome.Done<>(asked(order.provider(), asked))
                : written;
    }

    /** Asks for it, or looks at it, unless it has an end, and tells how it stands now. */
    private Outcome asked(PaymentProvider.Name provider, Outcome.Asked written) {
        var key = written.refund().key();
        returns.due(provider, key).ifPresent(this::ask);
        return returns.find(provider, key).<Outcome>map(Outcome.Asked::new).orElse(written);
    }

    // 32 characters, as all providers take them; the same for the same name of the same order.
    private static String name(PaymentOrder order, String name) {
        return Idempotency.digest("refund:" + order.id() + ":" + name).substring(0, 32);
    }

    private Idempotency.Outcome<Outcome> write(
            Payment known, @Nullable Long fen, String reason, String actor, String key) {
        payments.oneAtATime(known.provider(), known.transaction());
        var earlier = returns.find(known.provider(), key);
        if (earlier.isPresent()) {
            // The key itself was forgotten meanwhile, and yet makes no second refund.
            return fen == null || earlier.get().amountFen() == fen
                    ? new Idempotency.Outcome.Done<>(new Outcome.Asked(earlier.get()))
                    : new Idempotency.Outcome.Reused<>();
        }
        var payment = payments.find(known.provider(), known.transaction()).orElseThrow();
        long left = payment.amountFen()
                - returns.refundedFen(payment.provider(), payment.transaction())
                - returns.disputedFen(payment.provider(), payment.transaction());
        long wanted = fen == null ? left : fen;
        if (wanted < 1 || wanted > left) {
            return new Idempotency.Outcome.Done<>(new Outcome.TooMuch(Math.max(left, 0)));
        }
        returns.request(
                payment.provider(),
                key,
                payment.transaction(),
                wanted,
                actor,
                reason,
                clock.instant().plus(properties.retryAfter()));
        claws.follow(payment, TransferType.RECHARGE_REFUND);
        return new Idempotency.Outcome.Done<>(
                new Outcome.Asked(new Made(key, wanted, PaymentProvider.RefundState.REQUESTED)));
    }

    /** Asks the provider for refunds that it has not been reached for yet, or that are under way there. */
    void askForDue() {
        returns.due(clock.instant(), properties.retryAfter(), properties.lookAgain(), properties.batch())
                .forEach(this::askUnlessItFails);
    }

    private void askUnlessItFails(Due due) {
        try {
            ask(due);
        } catch (RuntimeException failed) {
            // Others don't wait for it.
            LOG.error("refund {} can't be asked for now", due.key(), failed);
        }
    }

    private void ask(Due due) {
        var provider = providers.find(due.provider());
        var payment = payments.find(due.provider(), due.transaction());
        if (provider.isEmpty() || payment.isEmpty()) {
            LOG.warn("refund {} waits for settings of {}", due.key(), due.provider());
            return;
        }
        var refund = new PaymentProvider.Refund(
                payment.get().order(),
                due.transaction(),
                due.key(),
                payment.get().amountFen(),
                due.amountFen(),
                due.reason() == null ? "refund" : due.reason());
        try {
            if (due.told()) {
                taken.take(due.provider(), provider.get().look(refund));
                return;
            }
            switch (provider.get().refund(refund)) {
                case Refunding.Told(var events) -> events.forEach(told -> taken.take(due.provider(), told));
                case Refunding.Refused(String why) -> refused(due, why);
            }
        } catch (AwayException away) {
            LOG.warn("refund {} will be asked for again: {}", due.key(), away.getMessage());
        }
    }

    private void refused(Due due, String why) {
        if (taken.refused(due.provider(), due.transaction(), due.key())) {
            LOG.error("refund {} was refused by {} for good: {}", due.key(), due.provider(), why);
        }
    }
}
