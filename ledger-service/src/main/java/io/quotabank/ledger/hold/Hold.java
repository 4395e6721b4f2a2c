package io.quotabank.ledger.hold;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.cap.CapDay;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease: credits reserved on an account for a proxy, as a value: what happens to a hold gives a new one. What is settled
 * and released never exceeds the amount; a hold is active while something is left in it.
 *
 * @param instance the holder's name for its run
 * @param recallUrl where the holder answers a recall with its last statement
 * @param settled charged from it so far
 * @param released given back to what is available
 * @param spentTold what closed requests have taken, by the holder's newest statement
 * @param inFlightTold what running requests may still take, by the same
 * @param statementSeq sequence of the newest statement; 0 before the first
 * @param last nothing more is reserved in it
 * @param capDay the access key's cap that it counts under; null where it is for keys without one
 * @param backed of what is left: of grants that have expired since it was opened. It is charged first, and what of it is
 *     not charged goes back to nobody
 */
public record Hold(
        UUID id,
        AccountId account,
        String instance,
        String recallUrl,
        Credits amount,
        Credits settled,
        Credits released,
        Credits spentTold,
        Credits inFlightTold,
        long statementSeq,
        boolean last,
        Status status,
        @Nullable CapDay capDay,
        Credits backed) {

    /** How a hold stands. */
    public enum Status {
        ACTIVE,
        /** Settled to its whole amount. */
        EXHAUSTED,
        /** Closed by its holder, the rest given back. */
        RELEASED,
        /** The rest given back because its holder was silent too long, or its time was over. */
        EXPIRED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Status of(String wire) {
            return valueOf(wire.toUpperCase(Locale.ROOT));
        }
    }

    public Hold {
        if (amount.isZero() || settled.plus(released).compareTo(amount) > 0) {
            throw new BrokenRuleException("hold " + id + " would give more than it has");
        }
        if ((status == Status.ACTIVE) != (settled.plus(released).compareTo(amount) < 0)) {
            throw new BrokenRuleException("hold " + id + " is " + status + " with the wrong rest");
        }
        if (backed.compareTo(amount.minus(settled).minus(released)) > 0) {
            throw new BrokenRuleException("hold " + id + " is backed beyond what is left");
        }
    }

    public static Hold opened(UUID id, AccountId account, String instance, String recallUrl, Credits amount) {
        return opened(id, account, instance, recallUrl, amount, null);
    }

    public static Hold opened(
            UUID id, AccountId account, String instance, String recallUrl, Credits amount, @Nullable CapDay capDay) {
        return new Hold(
                id,
                account,
                instance,
                recallUrl,
                amount,
                Credits.ZERO,
                Credits.ZERO,
                Credits.ZERO,
                Credits.ZERO,
                0,
                false,
                Status.ACTIVE,
                capDay,
                Credits.ZERO);
    }

    /** What can still be charged from it. */
    public Credits left() {
        return amount.minus(settled).minus(released);
    }

    /** How much of what was charged since then was of grants that had expired. */
    public Credits backedCharge(Hold before) {
        return before.backed.min(settled.minus(before.settled));
    }

    /** How much was given back since then of grants that had expired. */
    public Credits lapsed(Hold before) {
        return before.backed.minus(backedCharge(before)).minus(backed);
    }

    /** What closed requests have taken by the holder's word and what has not settled yet. */
    public Credits toldUnsettled() {
        return spentTold.minusOrZero(settled).min(left());
    }

    /** A last statement came, and its spending or its running requests are still to settle. */
    public boolean closing() {
        return status == Status.ACTIVE && last;
    }

    /** Silence of its holder ends it: no last statement yet, or one whose running requests were never told to have ended. */
    public boolean awaitsItsHolder() {
        return status == Status.ACTIVE && !(last && inFlightTold.isZero());
    }

    /** Charges at most what is left; the caller compares {@link #settled()}. */
    public Hold settle(Credits charge) {
        return with(settled.plus(charge), released, spentTold, inFlightTold, statementSeq, last, Status.RELEASED);
    }

    /** Takes the holder's statement; one that was seen, or that is older than one seen, changes nothing. */
    public Hold state(long sequence, Credits spent, Credits inFlight, boolean isLast) {
        if (status != Status.ACTIVE || sequence <= statementSeq) {
            return this;
        }
        boolean lastNow = last || isLast;
        var released = lastNow ? releasedDownTo(spent, inFlight) : this.released;
        return with(settled, released, spent, inFlight, sequence, lastNow, Status.RELEASED);
    }

    /**
     * Its holder was silent too long. Without a last statement the whole rest goes back; with one, what was told as
     * spent still waits for its events.
     */
    public Hold expire() {
        if (!awaitsItsHolder()) {
            return this;
        }
        var released = last ? releasedDownTo(spentTold, Credits.ZERO) : amount.minus(settled);
        return with(settled, released, spentTold, Credits.ZERO, statementSeq, last, Status.EXPIRED);
    }

    /** What its last statement told as spent was waited for so long that its events will not come: the rest goes back. */
    public Hold giveUp() {
        return status == Status.ACTIVE
                ? with(settled, amount.minus(settled), spentTold, inFlightTold, statementSeq, last, Status.EXPIRED)
                : this;
    }

    // What was given back once may be reserved elsewhere by now: it never returns, whatever a later statement says.
    private Credits releasedDownTo(Credits spent, Credits inFlight) {
        var keep = spent.min(amount).plus(inFlight.min(amount)).min(amount);
        var kept = keep.compareTo(settled) > 0 ? keep : settled;
        var release = amount.minus(kept);
        return release.compareTo(released) > 0 ? release : released;
    }

    private Hold with(
            Credits settledNow,
            Credits releasedNow,
            Credits spent,
            Credits inFlight,
            long sequence,
            boolean lastNow,
            Status ifNothingIsLeft) {
        var end = releasedNow.isZero() ? Status.EXHAUSTED : ifNothingIsLeft;
        var leftNow = amount.minus(settledNow.plus(releasedNow).min(amount));
        boolean over = settledNow.plus(releasedNow).compareTo(amount) >= 0;
        return new Hold(
                id,
                account,
                instance,
                recallUrl,
                amount,
                settledNow,
                releasedNow,
                spent,
                inFlight,
                sequence,
                lastNow,
                over ? end : Status.ACTIVE,
                capDay,
                backed.minusOrZero(settledNow.minus(settled)).min(leftNow));
    }
}
