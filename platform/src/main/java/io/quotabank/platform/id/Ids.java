package io.quotabank.platform.id;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * UUIDv7 (RFC 9562, section 5.7) with a 12-bit counter in {@code rand_a} (section 6.2, method 1): ids of one process
 * rise strictly, also within a millisecond and when the clock steps back. The remaining 62 bits are random; they make
 * an id unique, not secret.
 */
public final class Ids {

    private static final int COUNTER_BITS = 12;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long RANDOM_MASK = 0x3FFF_FFFF_FFFF_FFFFL;

    private final Clock clock;
    // Two processes that start in the same millisecond must not share a random sequence.
    private final long salt = new SecureRandom().nextLong();
    // Milliseconds since the epoch in the upper bits, the counter in the lower 12: one addition carries into time.
    private final AtomicLong last = new AtomicLong();

    public Ids(Clock clock) {
        this.clock = clock;
    }

    public UUID next() {
        long floor = clock.millis() << COUNTER_BITS;
        long stamp = last.updateAndGet(previous -> Math.max(previous + 1, floor));
        long high = (stamp >>> COUNTER_BITS << 16) | VERSION_7 | (stamp & 0xFFF);
        return new UUID(high, VARIANT | ((ThreadLocalRandom.current().nextLong() ^ salt) & RANDOM_MASK));
    }

    /** When a UUIDv7 was made, in milliseconds since the epoch. */
    public static long millisOf(UUID id) {
        if (id.version() != 7) {
            throw new IllegalArgumentException("not a UUIDv7: " + id);
        }
        return id.getMostSignificantBits() >>> 16;
    }
}
