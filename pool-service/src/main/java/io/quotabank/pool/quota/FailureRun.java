package io.quotabank.pool.quota;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Failures of a key one after another, without a success between them.
 *
 * @param at when those happened that count, in the order in which they were heard of
 */
record FailureRun(List<Instant> at) {

    static final FailureRun NONE = new FailureRun(List.of());

    FailureRun {
        at = List.copyOf(at);
    }

    /**
     * The run with one more call that failed, without those that have left the window.
     *
     * @param answered false where the provider could not be reached: that puts a key in doubt, but is never flagged,
     *     since the fault is the host's
     */
    FailureRun failed(Instant when, boolean answered, QuotaProperties properties) {
        var oldest = when.minus(properties.failureWindow());
        var recent = at.stream().filter(one -> one.isAfter(oldest)).toList();
        boolean counts = recent.size() < properties.failuresToDoubt()
                || (answered && !when.isBefore(recent.getLast().plus(properties.failurePause())));
        return new FailureRun(
                counts ? Stream.concat(recent.stream(), Stream.of(when)).toList() : recent);
    }

    boolean doubtful(QuotaProperties properties) {
        return at.size() >= properties.failuresToDoubt();
    }

    boolean flagged(QuotaProperties properties) {
        return at.size() >= properties.failuresToFlag();
    }
}
