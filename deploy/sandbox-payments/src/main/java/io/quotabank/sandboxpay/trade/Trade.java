package io.quotabank.sandboxpay.trade;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One order of a merchant. Guarded by itself. */
public final class Trade {

    /** Whether it can be paid. */
    public enum State {
        OPEN,
        PAID,
        CLOSED
    }

    /** How the merchant is answered that asks for a refund. */
    public enum Answer {
        AS_USUAL,
        /** Nothing is done, and a fault is told. */
        AWAY,
        /** It is done, and a fault is told. */
        LOST,
        /** Nothing is done: more than is left, whatever it is. */
        REFUSED,
        /** Keys of before are not known any more, as Stripe's are not after a day. */
        FORGETFUL,
        /** It is done, and told to be under way. */
        SLOW,
        /** It came to nothing, whatever was told of it before. */
        FAILED
    }

    /** A fault is to be told. */
    public static final class AwayException extends RuntimeException {}

    /** Money that somebody paid, in hundredths. */
    public static final class Paid {
        private final String transaction;
        private final long amount;
        private final String currency;
        private final Instant at;
        private final List<Refund> refunds = new ArrayList<>();

        Paid(String transaction, long amount, String currency, Instant at) {
            this.transaction = transaction;
            this.amount = amount;
            this.currency = currency;
            this.at = at;
        }

        public String transaction() {
            return transaction;
        }

        public long amount() {
            return amount;
        }

        public String currency() {
            return currency;
        }

        public Instant at() {
            return at;
        }

        public List<Refund> refunds() {
            return List.copyOf(refunds);
        }

        public Optional<Refund> refund(String key) {
            return refunds().stream().filter(made -> made.key().equals(key)).findFirst();
        }

        public long refunded() {
            return refunds.stream().mapToLong(Refund::amount).sum();
        }
    }

    /** @param key the merchant's name of it, else the provider's */
    public record Refund(String id, String key, long amount) {}

    private final Provider provider;
    private final String order;
    private final String id;
    private final long amount;
    private final String currency;
    private final @Nullable URI notifyUrl;
    private final Instant openedAt;
    private final List<Paid> payments = new ArrayList<>();
    private State state = State.OPEN;
    private Answer answer = Answer.AS_USUAL;

    /**
     * @param order the merchant's number
     * @param id the provider's
     * @param notifyUrl null where the provider knows one for all of a merchant's orders
     */
    public Trade(
            Provider provider,
            String order,
            String id,
            long amount,
            String currency,
            @Nullable URI notifyUrl,
            Instant openedAt) {
        this.provider = provider;
        this.order = order;
        this.id = id;
        this.amount = amount;
        this.currency = currency;
        this.notifyUrl = notifyUrl;
        this.openedAt = openedAt;
    }

    public Provider provider() {
        return provider;
    }

    public String order() {
        return order;
    }

    public String id() {
        return id;
    }

    public long amount() {
        return amount;
    }

    public String currency() {
        return currency;
    }

    public @Nullable URI notifyUrl() {
        return notifyUrl;
    }

    public Instant openedAt() {
        return openedAt;
    }

    public synchronized State state() {
        return state;
    }

    public synchronized List<Paid> payments() {
        return List.copyOf(payments);
    }

    public synchronized Optional<Paid> firstPaid() {
        return payments.stream().findFirst();
    }

    /** Also after closing, and again: what a real provider does rarely, and a merchant must bear. */
    public synchronized Paid pay(String transaction, long paidAmount, String paidCurrency, Instant at) {
        var paid = new Paid(transaction, paidAmount, paidCurrency, at);
        payments.add(paid);
        state = State.PAID;
        return paid;
    }

    /** False where it is paid. */
    public synchronized boolean close() {
        if (state == State.PAID) {
            return false;
        }
        state = State.CLOSED;
        return true;
    }

    /** From now on. */
    public synchronized void answer(Answer to) {
        answer = to;
    }

    public synchronized Answer answer() {
        return answer;
    }

    /**
     * The refund of this key as its merchant asks for it, which is answered as it was put; empty where it is refused.
     *
     * @throws AwayException where its merchant learns nothing
     */
    public synchronized Optional<Refund> asked(Paid paid, String refundId, String key, long back) {
        if (answer == Answer.AWAY) {
            throw new AwayException();
        }
        var known = answer == Answer.FORGETFUL ? refundId : key;
        var made = answer == Answer.REFUSED ? Optional.<Refund>empty() : refund(paid, refundId, known, back);
        if (answer == Answer.LOST) {
            throw new AwayException();
        }
        return made;
    }

    /** The refund of this key, made now unless it was before; empty where more would go back than was paid. */
    public synchronized Optional<Refund> refund(Paid paid, String refundId, String key, long back) {
        var earlier = paid.refund(key);
        if (earlier.isPresent()) {
            return earlier;
        }
        if (back < 1 || paid.refunded() + back > paid.amount()) {
            return Optional.empty();
        }
        var refund = new Refund(refundId, key, back);
        paid.refunds.add(refund);
        return Optional.of(refund);
    }
}
