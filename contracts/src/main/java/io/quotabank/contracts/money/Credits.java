package io.quotabank.contracts.money;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of credits, in micro-credits: 1 credit = 1,000,000. Never negative: a direction is told by the accounts of a
 * transfer, not by a sign. In JSON a whole number of micro-credits.
 *
 * @param micro micro-credits, 0 to {@link Long#MAX_VALUE}
 */
public record Credits(@JsonValue long micro) implements Comparable<Credits> {

    public static final long MICRO_PER_CREDIT = 1_000_000;

    /** A US dollar of list price is as many credits, everywhere. */
    public static final int PER_USD = 100;

    public static final Credits ZERO = new Credits(0);

    private static final int SCALE = 6;
    private static final int MOST_DIGITS = 13;
    private static final int BASIS_POINTS = 10_000;

    @JsonCreator
    public Credits {
        if (micro < 0) {
            throw new IllegalArgumentException(
                    "credits can't be negative: " + decimal(micro).toPlainString());
        }
    }

    /** Whole credits. */
    public static Credits of(long credits) {
        return new Credits(Math.multiplyExact(credits, MICRO_PER_CREDIT));
    }

    /** Exact: an amount finer than a micro-credit is refused with {@link IllegalArgumentException}. */
    public static Credits ofDecimal(BigDecimal credits) {
        // 1e999999999 is short to write and takes gigabytes to write out.
        if ((long) credits.precision() - credits.scale() > MOST_DIGITS) {
            throw new IllegalArgumentException("too many credits");
        }
        try {
            return new Credits(credits.movePointRight(SCALE).longValueExact());
        } catch (ArithmeticException tooFineOrTooLarge) {
            throw new IllegalArgumentException("not an amount of credits with at most 6 decimals: " + credits);
        }
    }

    public Credits plus(Credits other) {
        return new Credits(Math.addExact(micro, other.micro));
    }

    /** Refused with {@link IllegalArgumentException} where the result would be negative. */
    public Credits minus(Credits other) {
        return new Credits(micro - other.micro);
    }

    public Credits min(Credits other) {
        return micro <= other.micro ? this : other;
    }

    /** This amount less {@code other}, or zero where {@code other} is larger. */
    public Credits minusOrZero(Credits other) {
        return micro > other.micro ? minus(other) : ZERO;
    }

    /** A share in basis points (0 to 10,000), rounded down: the rest of a split is computed by subtraction. */
    public Credits share(int basisPoints) {
        if (basisPoints < 0 || basisPoints > BASIS_POINTS) {
            throw new IllegalArgumentException("basis points out of 0..10000: " + basisPoints);
        }
        long whole = micro / BASIS_POINTS * basisPoints;
        return new Credits(whole + micro % BASIS_POINTS * basisPoints / BASIS_POINTS);
    }

    public boolean isZero() {
        return micro == 0;
    }

    /** Credits as people read them, with no trailing zeros: 1.3, 520, 0.000001. */
    public BigDecimal toDecimal() {
        return decimal(micro);
    }

    private static BigDecimal decimal(long micro) {
        var decimal = BigDecimal.valueOf(micro, SCALE).stripTrailingZeros();
        return decimal.scale() < 0 ? decimal.setScale(0, RoundingMode.UNNECESSARY) : decimal;
    }

    @Override
    public int compareTo(Credits other) {
        return Long.compare(micro, other.micro);
    }

    @Override
    public String toString() {
        return toDecimal().toPlainString();
    }
}
