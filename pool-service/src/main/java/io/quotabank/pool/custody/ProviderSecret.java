package io.quotabank.pool.custody;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * The text of a provider key, for as long as it takes to seal it. Kept as bytes that are wiped on close, never as a
 * string, and printed as nothing but its last four characters.
 */
@JsonDeserialize(using = ProviderSecretDeserializer.class)
public final class ProviderSecret implements AutoCloseable {

    private static final int SHORTEST = 8;
    private static final int LONGEST = 512;
    private static final int SHOWN = 4;

    private final byte[] ascii;

    private ProviderSecret(byte[] ascii) {
        this.ascii = ascii;
    }

    /** @throws IllegalArgumentException unless it is 8 to 512 visible ASCII characters, as a header can carry */
    public static ProviderSecret of(char[] text, int offset, int length) {
        if (length < SHORTEST || length > LONGEST) {
            throw new IllegalArgumentException("a provider key has 8 to 512 characters");
        }
        var ascii = new byte[length];
        for (int i = 0; i < length; i++) {
            char symbol = text[offset + i];
            if (symbol <= ' ' || symbol > '~') {
                throw new IllegalArgumentException("a provider key has visible ASCII characters only");
            }
            ascii[i] = (byte) symbol;
        }
        return new ProviderSecret(ascii);
    }

    /** For secrets of the process's own environment, which are strings there already. */
    public static ProviderSecret of(String text) {
        return of(text.toCharArray(), 0, text.length());
    }

    /** What its owner may see of it. */
    public String lastFour() {
        return new String(ascii, ascii.length - SHOWN, SHOWN, StandardCharsets.US_ASCII);
    }

    /** The bytes themselves: not to be kept. */
    byte[] bytes() {
        return ascii;
    }

    @Override
    public void close() {
        Arrays.fill(ascii, (byte) 0);
    }

    @Override
    public String toString() {
        return "ProviderSecret[hidden]";
    }
}
