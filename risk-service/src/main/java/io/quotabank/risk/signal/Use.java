package io.quotabank.risk.signal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;

/**
 * What calls used of a key, at list cost.
 *
 * @param known what was delivered
 * @param possible what the provider may have charged besides for answers that were left in the middle: at most what was
 *     reserved for each
 */
public record Use(Credits known, Credits possible) {

    public static final Use NONE = new Use(Credits.ZERO, Credits.ZERO);

    static Use of(Closed closed, Attempt attempt) {
        var possible = wasLeft(closed, attempt)
                ? closed.funding().stream()
                        .map(Funding::atMost)
                        .reduce(Credits.ZERO, Credits::plus)
                        .minusOrZero(attempt.listCost())
                : Credits.ZERO;
        return new Use(attempt.listCost(), possible);
    }

    Use plus(Use other) {
        return new Use(known.plus(other.known), possible.plus(other.possible));
    }

    // Some providers go on, and charge, when nobody listens any more.
    private static boolean wasLeft(Closed closed, Attempt attempt) {
        return attempt.result() == Result.CANCELLED
                || attempt.result() == Result.CUT
                || closed.outcome() == Outcome.ABANDONED;
    }
}
