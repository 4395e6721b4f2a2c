package io.quotabank.risk.balance;

import io.quotabank.contracts.money.Credits;
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
     * @param used list cost of all that the platform may have used in that time
     */
    record Excess(Sample from, Credits fell, Credits used) {
        Credits outside() {
            return fell.minusOrZero(used);
        }
    }

    /**
     * @param now what is left
     * @param heard list cost of all calls heard of by now; counting too many of them only spares the key
     */
    Optional<Excess> judge(Sample from, Credits now, Credits heard) {
        var fell = from.balance().minusOrZero(now);
        var used = heard.minusOrZero(from.usedBefore());
        return isBeyond(fell, used) ? Optional.of(new Excess(from, fell, used)) : Optional.empty();
    }

    private boolean isBeyond(Credits fell, Credits used) {
        var allowed = BigInteger.valueOf(used.micro())
                .multiply(WHOLE.add(BigInteger.valueOf(beyondBasisPoints)))
                .add(BigInteger.valueOf(tolerance.micro()).multiply(WHOLE));
        return BigInteger.valueOf(fell.micro()).multiply(WHOLE).compareTo(allowed) > 0;
    }
}
