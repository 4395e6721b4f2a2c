package io.quotabank.ledger.seal;

import java.time.Instant;

/**
 * The head of the chain as it was at a time.
 *
 * @param number of the block that was the head
 * @param hash in hex
 */
record Anchor(long number, String hash, Instant at) {

    /** @param line with or without its end */
    static Anchor of(String line) {
        var fields = line.strip().split(",", -1);
        return new Anchor(Long.parseLong(fields[0]), fields[1], Instant.parse(fields[2]));
    }

    String line() {
        return number + "," + hash + "," + at + "\n";
    }
}
