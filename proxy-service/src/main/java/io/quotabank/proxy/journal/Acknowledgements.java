package io.quotabank.proxy.journal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which of the messages sent in order were answered. Answers come on other threads and in any order; everything else is
 * called by one thread.
 */
final class Acknowledgements {

    private static final class Sent {
        private final Position end;
        private volatile boolean taken;

        private Sent(Position end) {
            this.end = end;
        }
    }

    private final Deque<Sent> unanswered = new ArrayDeque<>();
    private volatile @Nullable Exception failure;

    /** The answer of a message that ends at {@code end}. */
    Consumer<@Nullable Exception> sent(Position end) {
        var sent = new Sent(end);
        unanswered.addLast(sent);
        return failed -> {
            if (failed == null) {
                sent.taken = true;
            } else {
                failure = failed;
            }
        };
    }

    int unanswered() {
        return unanswered.size();
    }

    /** The end of the last message before which all were taken; null where there is no newer one. */
    @Nullable
    Position advance() {
        Position end = null;
        while (!unanswered.isEmpty() && unanswered.getFirst().taken) {
            end = unanswered.removeFirst().end;
        }
        return end;
    }

    /** What went wrong since the last time this was asked; one failure stands for all. */
    @Nullable
    Exception failure() {
        var failed = failure;
        failure = null;
        return failed;
    }
}
