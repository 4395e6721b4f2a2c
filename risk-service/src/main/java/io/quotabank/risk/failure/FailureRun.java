package io.quotabank.risk.failure;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Failures of a key one after another, without a success between them.
 *
 * @param at when those happened that count, oldest first
 */
record FailureRun(List<Instant> at) {

    static final FailureRun NONE = new FailureRun(List.of());

    FailureRun {
        at = List.copyOf(at);
    }

    /**
     * The run with one more call that failed.
     *
     * <p>Until a key cools down, what has left the window is forgotten. From then on it is tried seldom: each failure
     * counts that comes within a window of the one before.
     *
     * @param blamed false where the fault is the host's: that cools a key down, but never flags it
     */
    FailureRun failed(Instant when, boolean blamed, FailureProperties properties) {
        if (at.size() < properties.toCool()) {
            return new FailureRun(inWindow(when, properties));
        }
        var last = at.getLast();
        if (!when.isBefore(last.plus(properties.window()))) {
            return new FailureRun(List.of(when));
        }
        boolean counts = blamed && !when.isBefore(last.plus(properties.pause()));
        return counts
                ? new FailureRun(Stream.concat(at.stream(), Stream.of(when)).toList())
                : this;
    }

    /** Records may come late: the window ends at the latest of them. */
    private List<Instant> inWindow(Instant when, FailureProperties properties) {
        var all = Stream.concat(at.stream(), Stream.of(when)).sorted().toList();
        var oldest = all.getLast().minus(properties.window());
        return all.stream().filter(one -> one.isAfter(oldest)).toList();
    }

    /** A success heals, but for what failed after it. */
    FailureRun served(Instant when) {
        return at.isEmpty()
                ? this
                : new FailureRun(at.stream().filter(one -> one.isAfter(when)).toList());
    }

    int count() {
        return at.size();
    }
}
