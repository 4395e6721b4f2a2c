package io.quotabank.local.supervisor;

import java.time.Duration;

/** How long to wait before a dead part is started again: 0.2 s, doubling up to 10 s, from the start after 30 s of health. */
final class Backoff {

    static final Duration FIRST = Duration.ofMillis(200);
    static final Duration LONGEST = Duration.ofSeconds(10);
    static final Duration HEALTHY = Duration.ofSeconds(30);

    private Duration next = FIRST;

    /** @param lived from ready to the end; zero if it never was ready */
    Duration after(Duration lived) {
        if (lived.compareTo(HEALTHY) >= 0) {
            next = FIRST;
        }
        var wait = next;
        var doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return wait;
    }
}
