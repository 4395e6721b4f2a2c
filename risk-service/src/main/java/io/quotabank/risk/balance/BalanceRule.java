package io.quotabank.risk.balance;

import io.quotabank.contracts.money.Credits;
import io.quotabank.risk.signal.Use;
import java.math.BigInteger;
import java.util.Optional;

/**
 * RK1 of the requirements: a balance that fell by more than the platform used, and a part of that, and what rounding may
 * hide.
 *
 * @param beyondBasisPoints the part, in basis points
 */
record BalanceRule(int beyondBasisPoints, Credits tolerance) {

    private static final BigInteger WHOLE = BigInteger.valueOf(10_000);

    /**
     * Use outside the platform, by the numbers.
     *
     * @param from the sample that the balance fell from
     * @param fell by how much the balance fell since
     * @param used list cost of what the platform got in that time, at most
     * @param possible what the provider may have charged besides for answers that were left in the middle
     * @param certain whether that does not explain it either
     */
    record Excess(Sample from, Credits fell, Credits used, Credits possible, boolean certain) {
        /** What was used outside, at least where it is certain, at most where it is not. */
        Credits outside() {
            return fell.minusOrZero(certain ? used.plus(possible) : used);
        }
    }

    /**
     * @param now what is left
     * @param heard use by all calls heard of by now; counting too many of them only spares the key
     */
    Optional<Excess> judge(Sample from, Credits now, Use heard) {
        var fell = from.balance().minusOrZero(now);
        var used = heard.known().minusOrZero(from.usedBefore().known());
        if (!isBeyond(fell, used)) {
            return Optional.empty();
        }
        var possible = heard.possible().minusOrZero(from.usedBefore().possible());
        return Optional.of(new Excess(from, fell, used, possible, isBeyond(fell, used.plus(possible))));
    }

    private boolean isBeyond(Credits fell, Credits used) {
        var allowed = BigInteger.valueOf(used.micro())
                .multiply(WHOLE.add(BigInteger.valueOf(beyondBasisPoints)))
                .add(BigInteger.valueOf(tolerance.micro()).multiply(WHOLE));
        return BigInteger.valueOf(fell.micro()).multiply(WHOLE).compareTo(allowed) > 0;
    }
}
