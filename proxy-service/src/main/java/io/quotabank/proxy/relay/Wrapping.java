package io.quotabank.proxy.relay;

import java.nio.charset.StandardCharsets;

/** The envelope {@code {code, message, data}} that answers have under a model's own address. */
final class Wrapping {

    private static final byte[] BEFORE =
            "{\"code\":200,\"message\":\"success\",\"data\":".getBytes(StandardCharsets.US_ASCII);

    static byte[] of(byte[] answer) {
        var wrapped = new byte[BEFORE.length + answer.length + 1];
        System.arraycopy(BEFORE, 0, wrapped, 0, BEFORE.length);
        System.arraycopy(answer, 0, wrapped, BEFORE.length, answer.length);
        wrapped[wrapped.length - 1] = '}';
        return wrapped;
    }

    private Wrapping() {}
}
