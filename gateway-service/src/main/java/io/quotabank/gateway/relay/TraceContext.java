package io.quotabank.gateway.relay;

import io.netty.handler.codec.http.HttpHeaders;
import io.quotabank.platform.trace.Traceparent;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to, as W3C Trace Context writes it. What a client sent is kept where it is valid; of
 * the other requests a part begins a trace here, and the rest has none: nothing is carried for what nobody records. In a
 * sampled trace the relay has a place of its own.
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

    /** @param parent what the client said, null where it said nothing */
    record Place(@Nullable Traceparent parent, Traceparent own) {}

    private final double probability;

    /** @param probability of a trace for a request that came without one, 0 to 1 */
    TraceContext(double probability) {
        this.probability = probability;
    }

    /** The place of this gateway's own part of a sampled trace, which is told to the next hop; null where none is. */
    @Nullable
    Place settle(HttpHeaders headers) {
        var sent = headers.getAll(TRACEPARENT);
        if (sent.size() == 1 && isValid(sent.getFirst())) {
            // A later version's additions end here: we could not keep them true.
            var text = VERSION + sent.getFirst().substring(2, END);
            if (!Traceparent.isSampled(text)) {
                headers.set(TRACEPARENT, text);
                return null;
            }
            var parent = Traceparent.read(text);
            return tell(headers, new Place(parent, parent.child()));
        }
        headers.remove(TRACEPARENT);
        headers.remove(TRACESTATE);
        if (ThreadLocalRandom.current().nextDouble() < probability) {
            return tell(headers, new Place(null, Traceparent.begin()));
        }
        return null;
    }

    private static Place tell(HttpHeaders headers, Place place) {
        headers.set(TRACEPARENT, place.own().text());
        return place;
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
