package io.quotabank.ledger.seal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of a block: of its first line and its transfers' lines, as docs/seal.md has them byte by byte. */
final class BlockHash {

    private final MessageDigest digest;
    private long lines;

    BlockHash(long number, String previous, long madeAtUs) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
        update("quotabank-seal-1," + number + "," + previous + "," + madeAtUs + "\n");
    }

    /** @param line of a transfer, with its end */
    void add(String line) {
        update(line);
        lines++;
    }

    long lines() {
        return lines;
    }

    /** In hex; once. */
    String end() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void update(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
}
