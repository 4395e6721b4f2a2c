package io.quotabank.ledger.seal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A sealed block.
 *
 * @param number its cut's
 * @param previous hash of the block before, in hex; zeros for block 0
 * @param hash SHA-256, in hex
 * @param transfers how many it has
 * @param madeAtUs when its cut was made, in microseconds since 1970-01-01T00:00Z
 */
record Block(long number, String previous, String hash, long transfers, long madeAtUs) {

    static final String NONE = "0".repeat(64);

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
