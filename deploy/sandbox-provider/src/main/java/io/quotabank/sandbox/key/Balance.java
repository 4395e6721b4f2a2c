package io.quotabank.sandbox.key;

import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Money left to a key, in pico-dollars (10^-12 USD), so that a single token's price is a whole number. */
final class Balance {

    private static final BigDecimal MOST_USD = BigDecimal.valueOf(1_000_000);
    private static final int SCALE = 12;

    private final @Nullable AtomicLong left;

    /** @param usd null: without limit */
    Balance(@Nullable BigDecimal usd) {
        left = usd == null ? null : new AtomicLong(pico(usd));
    }

    /** @throws IllegalArgumentException beyond a million dollars or below 10^-12 */
    static long pico(BigDecimal usd) {
        if (usd.abs().compareTo(MOST_USD) > 0 || usd.stripTrailingZeros().scale() > SCALE) {
            throw new IllegalArgumentException("An amount has up to 12 decimals and is at most a million US dollars.");
        }
        return usd.movePointRight(SCALE).longValueExact();
    }

    @Nullable
    BigDecimal usd() {
        return left == null ? null : BigDecimal.valueOf(left.get(), SCALE);
    }

    boolean exhausted() {
        return left != null && left.get() <= 0;
    }

    void fall(long pico) {
        if (left != null) {
            left.addAndGet(-pico);
        }
    }
}
