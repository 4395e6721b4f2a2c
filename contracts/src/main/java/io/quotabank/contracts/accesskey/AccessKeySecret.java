package io.quotabank.contracts.accesskey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * The written form of an access key: {@code qb-} + 32 random characters of base 62 (190 bits) + a check of 6 (CRC-32 in
 * base 62, as GitHub's tokens have). A mistyped key fails its check and is refused without a look-up.
 */
public final class AccessKeySecret {

    public static final String PREFIX = "qb-";

    private static final String SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_LENGTH = 32;
    private static final int CHECK_LENGTH = 6;
    private static final int LENGTH = PREFIX.length() + RANDOM_LENGTH + CHECK_LENGTH;

    public static String generate(SecureRandom random) {
        var text = new StringBuilder(LENGTH).append(PREFIX);
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            text.append(SYMBOLS.charAt(random.nextInt(SYMBOLS.length())));
        }
        return text.append(check(text)).toString();
    }

    public static boolean wellFormed(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return false;
        }
        for (int i = PREFIX.length(); i < LENGTH; i++) {
            if (SYMBOLS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        int checked = LENGTH - CHECK_LENGTH;
        return check(text.substring(0, checked)).contentEquals(text.subSequence(checked, LENGTH));
    }

    /** SHA-256, lower-case hex: what is stored. The key has 190 random bits, so no slow hash is needed. */
    public static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static String check(CharSequence text) {
        var crc = new CRC32();
        crc.update(text.toString().getBytes(StandardCharsets.US_ASCII));
        var check = new char[CHECK_LENGTH];
        long rest = crc.getValue();
        for (int i = CHECK_LENGTH - 1; i >= 0; i--) {
            check[i] = SYMBOLS.charAt((int) (rest % SYMBOLS.length()));
            rest /= SYMBOLS.length();
        }
        return new String(check);
    }

    private AccessKeySecret() {}
}
