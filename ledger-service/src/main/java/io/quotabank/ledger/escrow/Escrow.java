package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.hold.Hold.Status;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Credits of a person that an application holds, as a value: what happens to it gives a new one. What is settled and
 * released never exceeds the amount; it is active while something is left in it and its time is not over.
 *
 * @param application subject of the one that opened it, which alone may use it
 * @param reference the application's own name for it
 * @param settled charged from it while it was active
 * @param released given back to what is available
 * @param settledLate charged after it had expired, from what was available then: at most what expiry gave back
 * @param backed of what is left: of grants that have expired since it was opened. It is charged first, and what of it is
 *     not charged goes back to nobody
 */
record Escrow(
        UUID id,
        AccountId account,
        UUID person,
        Kind kind,
        String application,
        String description,
        @Nullable String reference,
        Credits amount,
        Credits settled,
        Credits released,
        Credits settledLate,
        Status status,
        Instant openedAt,
        Instant expiresAt,
        Credits backed) {

    /** What it is for. */
    enum Kind {
        /** Work of an application, usually minutes. */
        APPLICATION,
        /** A sale, until it is delivered or called off. */
        PURCHASE;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String wire) {
            return switch (wire) {
                case "application" -> APPLICATION;
                case "purchase" -> PURCHASE;
                default -> throw new IllegalArgumentException("kind is application or purchase");
            };
        }
    }

    Escrow {
        boolean over = settled.plus(released).compareTo(amount) >= 0;
        if (amount.isZero() || settled.plus(released).compareTo(amount) > 0 || over == (status == Status.ACTIVE)) {
            throw new BrokenRuleException("hold " + id + " is " + status + " with the wrong rest");
        }
        if (settledLate.compareTo(released) > 0 || (!settledLate.isZero() && status != Status.EXPIRED)) {
            throw new BrokenRuleException("hold " + id + " would give more late than it gave back");
        }
        if (backed.compareTo(amount.minus(settled).minus(released)) > 0) {
            throw new BrokenRuleException("hold " + id + " is backed beyond what is left");
        }
    }

    /** What can be settled from it. */
    Credits left() {
        return amount.minus(settled).minus(released);
    }

    /** What can be settled late, if it is available; zero unless it has expired. */
    Credits leftLate() {
        return status == Status.EXPIRED ? released.minus(settledLate) : Credits.ZERO;
    }

    /** How much of a charge would be of grants that have expired. */
    Credits backedCharge(Credits charge) {
        return backed.min(charge);
    }

    /** How much was given back since then of grants that had expired. */
    Credits lapsed(Escrow before) {
        return before.backed
                .minus(before.backedCharge(settled.minus(before.settled)))
                .minus(backed);
    }

    /** Its time is over and nobody has written that down yet. */
    boolean due(Instant now) {
        return status == Status.ACTIVE && !now.isBefore(expiresAt);
    }

    Escrow extend(Credits more, Instant until) {
        mustBeActive();
        return with(amount.plus(more), settled, released, settledLate, Status.RELEASED, until);
    }

    /** @param last gives back the rest */
    Escrow settle(Credits charge, boolean last) {
        mustBeActive();
        var settledNow = settled.plus(charge);
        var releasedNow = last ? amount.minus(settledNow) : released;
        return with(amount, settledNow, releasedNow, settledLate, Status.RELEASED, expiresAt);
    }

    Escrow release() {
        mustBeActive();
        return with(amount, settled, amount.minus(settled), settledLate, Status.RELEASED, expiresAt);
    }

    Escrow expire() {
        mustBeActive();
        return with(amount, settled, amount.minus(settled), settledLate, Status.EXPIRED, expiresAt);
    }

    Escrow settleLate(Credits charge) {
        return with(amount, settled, released, settledLate.plus(charge), status, expiresAt);
    }

    private void mustBeActive() {
        if (status != Status.ACTIVE) {
            throw new BrokenRuleException("hold " + id + " is " + status);
        }
    }

    private Escrow with(
            Credits amountNow, Credits settledNow, Credits releasedNow, Credits lateNow, Status ended, Instant until) {
        boolean over = settledNow.plus(releasedNow).compareTo(amountNow) >= 0;
        var end = releasedNow.isZero() ? Status.EXHAUSTED : ended;
        var backedNow = backed.minus(backedCharge(settledNow.minus(settled)))
                .min(amountNow.minus(settledNow).minus(releasedNow));
        return new Escrow(
                id,
                account,
                person,
                kind,
                application,
                description,
                reference,
                amountNow,
                settledNow,
                releasedNow,
                lateNow,
                over ? end : Status.ACTIVE,
                openedAt,
                until,
                backedNow);
    }
}
