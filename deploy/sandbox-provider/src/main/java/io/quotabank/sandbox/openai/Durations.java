package io.quotabank.sandbox.openai;

import java.math.BigDecimal;

/** Durations as OpenAI's rate-limit headers write them: 12ms, 8.64s, 6m0s, 1h0m0s. */
final class Durations {

    private Durations() {}

    static String text(long nanos) {
        var ms = Math.ceilDiv(nanos, 1_000_000);
        if (ms == 0) {
            return "0s";
        }
        if (ms < 1000) {
            return ms + "ms";
        }
        if (ms < 60_000) {
            return BigDecimal.valueOf(ms, 3).stripTrailingZeros().toPlainString() + "s";
        }
        var seconds = Math.ceilDiv(ms, 1000);
        var minutes = seconds / 60;
        return (minutes < 60 ? minutes + "m" : minutes / 60 + "h" + minutes % 60 + "m") + seconds % 60 + "s";
    }
}
