package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one account's lots at an instant: spending is taken from them in their order, and of those whose time is
 * over goes what no open hold has reserved.
 *
 * <p>A hold reserves as if it were spent at once: from the lots in their order, then from paid credits. So what it has of a
 * lot that expires stays with it, to be charged or to go when it is given back.
 *
 * @param parts of each lot, in order
 */
record BurnDown(List<Part> parts) {

    /**
     * @param left what the lot still has
     * @param backed what open holds have of it now that it has expired
     * @param expired what goes
     */
    record Part(Lot lot, Credits left, Credits backed, Credits expired) {

        /** What the lot has lost, in whatever way. */
        Credits gone() {
            return lot.left().minus(left);
        }

        /** Of that, what was not spent when it ended. */
        Credits ended() {
            return backed.plus(expired);
        }
    }

    /**
     * @param lots by priority, expiry (those without one last) and age
     * @param spent since what the lots have left was told
     * @param held by open holds, without what they have of lots that expired before
     */
    static BurnDown of(List<Lot> lots, Credits spent, Credits held, Instant now) {
        return of(lots, spent, held, lot -> lot.expired(now));
    }

    /** @param ends which of them end, whatever their time */
    static BurnDown of(List<Lot> lots, Credits spent, Credits held, Predicate<Lot> ends) {
        var parts = new ArrayList<Part>(lots.size());
        var toSpend = spent;
        var toHold = held;
        for (var lot : lots) {
            var left = lot.left().minusOrZero(toSpend);
            toSpend = toSpend.minusOrZero(lot.left());
            var reserved = left.min(toHold);
            toHold = toHold.minus(reserved);
            parts.add(
                    ends.test(lot)
                            ? new Part(lot, Credits.ZERO, reserved, left.minus(reserved))
                            : new Part(lot, left, Credits.ZERO, Credits.ZERO));
        }
        return new BurnDown(List.copyOf(parts));
    }

    Credits left() {
        return parts.stream().map(Part::left).reduce(Credits.ZERO, Credits::plus);
    }

    Credits backed() {
        return parts.stream().map(Part::backed).reduce(Credits.ZERO, Credits::plus);
    }

    /** When the next lot expires that has something left; null where none does. */
    @Nullable
    Instant nextExpiry() {
        Instant next = null;
        for (var part : parts) {
            var at = part.lot().expiresAt();
            if (!part.left().isZero() && at != null && (next == null || at.isBefore(next))) {
                next = at;
            }
        }
        return next;
    }
}
