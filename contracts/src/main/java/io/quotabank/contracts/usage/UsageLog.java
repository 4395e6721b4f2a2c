package io.quotabank.contracts.usage;

import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/**
 * What the usage log has read from {@link UsageEvent#TOPIC}, as the ledger compares it with what it has settled. Both
 * only read, and may be repeated.
 */
@FeignClient(name = "usage-log", contextId = "usageLog")
public interface UsageLog {

    /** The consumer group that the log reads by: its offsets tell how far it is. */
    String GROUP = "usage-log";

    /** The most parts of one {@link Wish}. */
    int MOST_PARTS = 100;

    /** The most requests that {@link #entries} lists. */
    int MOST_ENTRIES = 10_000;

    /** One sum for each part of a window, in their order. */
    @PostMapping("/internal/usage/sums")
    List<Sum> sums(@RequestBody Wish wish);

    /** The requests of a window, the first {@link #MOST_ENTRIES} by id. */
    @PostMapping("/internal/usage/entries")
    List<Entry> entries(@RequestBody Window window);

    /** @param parts 1 to {@link #MOST_PARTS} */
    record Wish(Window window, int parts) {
        public Wish {
            if (parts < 1 || parts > MOST_PARTS) {
                throw new IllegalArgumentException("parts out of 1.." + MOST_PARTS + ": " + parts);
            }
        }
    }

    /** What a number of closed requests came to. */
    record Sum(long count, Credits cost, Credits served) {
        public static final Sum NOTHING = new Sum(0, Credits.ZERO, Credits.ZERO);
    }

    /** One closed request. */
    record Entry(UUID requestId, Credits cost, Credits served) {}

    /**
     * Requests by the time inside their UUIDv7, in milliseconds since 1970, of all that 48 bits can tell.
     *
     * @param fromMs the first millisecond
     * @param toMs the one behind the last, at most {@link #END_MS}
     */
    record Window(long fromMs, long toMs) {

        public static final long END_MS = 1L << 48;

        private static final int TIME_SHIFT = 16;

        public Window {
            if (fromMs < 0 || fromMs >= toMs || toMs > END_MS) {
                throw new IllegalArgumentException("not a window of time: " + fromMs + " to " + toMs);
            }
        }

        /** As equal parts as whole milliseconds allow; fewer than {@code most} where it is shorter. */
        public List<Window> split(int most) {
            long width = toMs - fromMs;
            long parts = Math.min(most, width);
            return LongStream.range(0, parts)
                    .mapToObj(i -> new Window(fromMs + width * i / parts, fromMs + width * (i + 1) / parts))
                    .toList();
        }

        /**
         * Where windows begin, and where the last one ends.
         *
         * @param windows at least one; each begins where the one before ends
         */
        public static UUID[] edges(List<Window> windows) {
            return Stream.concat(
                            Stream.of(windows.getFirst().first()),
                            windows.stream().map(Window::end))
                    .toArray(UUID[]::new);
        }

        public boolean lastsOneMillisecond() {
            return toMs - fromMs == 1;
        }

        /** Not above any id of the window. */
        public UUID first() {
            return idAt(fromMs);
        }

        /** Above every id of the window. */
        public UUID end() {
            return idAt(toMs);
        }

        private static UUID idAt(long ms) {
            return ms == END_MS ? new UUID(-1, -1) : new UUID(ms << TIME_SHIFT, 0);
        }
    }
}
