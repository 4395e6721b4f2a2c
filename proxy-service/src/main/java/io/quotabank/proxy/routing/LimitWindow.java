package io.quotabank.proxy.routing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An amount used within the current window of fixed length, kept in one word: the window's number above, the amount
 * below. Taking never goes past a limit, whoever takes at the same time.
 */
final class LimitWindow {

    private static final int AMOUNT_BITS = 44;
    private static final long MOST = (1L << AMOUNT_BITS) - 1;

    private final long lengthMs;
    private final AtomicLong word = new AtomicLong();

    LimitWindow(long lengthMs) {
        this.lengthMs = lengthMs;
    }

    /** Takes an amount if it fits; false leaves everything as it was. */
    boolean take(long nowMs, long amount, long limit) {
        while (true) {
            long current = word.get();
            long used = used(current, nowMs);
            if (amount > limit || used > limit - amount) {
                return false;
            }
            if (word.compareAndSet(current, packed(nowMs, used + amount))) {
                return true;
            }
        }
    }

    /** Corrects what was taken at {@code takenMs}, up or down, unless its window has passed. */
    void correct(long takenMs, long difference) {
        while (true) {
            long current = word.get();
            if (current >>> AMOUNT_BITS != number(takenMs)) {
                return;
            }
            long used = Math.max(0, (current & MOST) + difference);
            if (word.compareAndSet(current, packed(takenMs, used))) {
                return;
            }
        }
    }

    long used(long nowMs) {
        return used(word.get(), nowMs);
    }

    /** Milliseconds until the next window begins. */
    long rest(long nowMs) {
        return lengthMs - Math.floorMod(nowMs, lengthMs);
    }

    private long used(long current, long nowMs) {
        return current >>> AMOUNT_BITS == number(nowMs) ? current & MOST : 0;
    }

    private long packed(long nowMs, long amount) {
        return number(nowMs) << AMOUNT_BITS | Math.min(MOST, amount);
    }

    // Only equality counts, so the number may wrap: 2^20 minutes are two years.
    private long number(long nowMs) {
        return Math.floorDiv(nowMs, lengthMs) & ((1L << (Long.SIZE - AMOUNT_BITS)) - 1);
    }
}
