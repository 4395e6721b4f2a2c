package io.quotabank.platform.trace;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace, as W3C Trace Context writes it in the header {@code traceparent}.
 *
 * @param trace 32 hex digits
 * @param span 16 hex digits
 */
public record Traceparent(String trace, String span) {

    // 00-{32 hex digits of the trace}-{16 of the span}-{2 of the flags}
    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int LENGTH = 55;
    private static final String SAMPLED = "-01";

    /** A new trace. */
    public static Traceparent begin() {
        var random = ThreadLocalRandom.current();
        // The highest bit keeps both from being all zeros, which would be invalid.
        var trace = HexFormat.of().toHexDigits(random.nextLong() | Long.MIN_VALUE)
                + HexFormat.of().toHexDigits(random.nextLong());
        return new Traceparent(trace, freshSpan());
    }

    /** Reads a valid one, whatever its flags. */
    public static Traceparent read(String text) {
        return new Traceparent(text.substring(TRACE, TRACE + 32), text.substring(SPAN, SPAN + 16));
    }

    /** By the flag that ends it. */
    public static boolean isSampled(@Nullable String text) {
        return text != null && text.length() >= LENGTH && (Character.digit(text.charAt(LENGTH - 1), 16) & 1) == 1;
    }

    /** Another place in the same trace. */
    public Traceparent child() {
        return new Traceparent(trace, freshSpan());
    }

    /** With the flag of a sampled one. */
    public String text() {
        return "00-" + trace + "-" + span + SAMPLED;
    }

    private static String freshSpan() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    }
}
