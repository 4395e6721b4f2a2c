package io.quotabank.gateway.relay;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to, as W3C Trace Context writes it. What a client sent is kept where it is valid; of
 * the other requests a part begins a trace here, and the rest has none: nothing is carried for what nobody records.
 */
final class TraceContext {

    static final String TRACEPARENT = "traceparent";
    static final String TRACESTATE = "tracestate";

    // 00-{32 hex digits of the trace}-{16 of the parent}-{2 of the flags}
    private static final int TRACE = 3;
    private static final int PARENT = 36;
    private static final int FLAGS = 53;
    private static final int END = 55;
    private static final String VERSION = "00";

    private final double probability;

    /** @param probability of a trace for a request that came without one, 0 to 1 */
    TraceContext(double probability) {
        this.probability = probability;
    }

    void settle(HttpHeaders headers) {
        var sent = headers.getAll(TRACEPARENT);
        if (sent.size() == 1 && isValid(sent.getFirst())) {
            // A later version's additions end here: we could not keep them true.
            headers.set(TRACEPARENT, VERSION + sent.getFirst().substring(2, END));
            return;
        }
        headers.remove(TRACEPARENT);
        headers.remove(TRACESTATE);
        if (ThreadLocalRandom.current().nextDouble() < probability) {
            headers.set(TRACEPARENT, sampled());
        }
    }

    private static String sampled() {
        var random = ThreadLocalRandom.current();
        var hex = HexFormat.of();
        // The highest bit keeps both from being all zeros, which would be invalid.
        return VERSION + "-" + hex.toHexDigits(random.nextLong() | Long.MIN_VALUE) + hex.toHexDigits(random.nextLong())
                + "-" + hex.toHexDigits(random.nextLong() | Long.MIN_VALUE) + "-01";
    }

    static boolean isValid(@Nullable String text) {
        if (text == null || text.length() < END || text.startsWith("ff")) {
            return false;
        }
        boolean ends = text.length() == END || (!text.startsWith(VERSION) && text.charAt(END) == '-');
        return ends
                && isHex(text, 0, TRACE - 1)
                && text.charAt(TRACE - 1) == '-'
                && isHex(text, TRACE, PARENT - 1)
                && isNotZero(text, TRACE, PARENT - 1)
                && text.charAt(PARENT - 1) == '-'
                && isHex(text, PARENT, FLAGS - 1)
                && isNotZero(text, PARENT, FLAGS - 1)
                && text.charAt(FLAGS - 1) == '-'
                && isHex(text, FLAGS, END);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNotZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }
}
