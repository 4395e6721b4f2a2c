package io.quotabank.ledger.redemption;

import io.quotabank.ledger.idempotency.Idempotency;
import java.security.SecureRandom;
import java.util.Locale;

/**
 * A code as people read it: 26 characters of Crockford's Base32, 130 random bits. Case, spaces and hyphens do not count,
 * nor does it whether O, I and L were read for 0 and 1.
 */
record Code(String text) {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 26;

    static Code random(SecureRandom random) {
        var text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new Code(text.toString());
    }

    static Code read(String typed) {
        return new Code(typed.replaceAll("[\\s-]", "")
                .toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1'));
    }

    /** SHA-256 in hexadecimal. With 130 random bits there is nothing to guess: no salt, and no slow hash. */
    String hash() {
        return Idempotency.digest(text);
    }

    @Override
    public String toString() {
        return "Code[hidden]";
    }
}
