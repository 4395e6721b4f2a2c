package io.quotabank.local.supervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happened since the supervisor began, for followers who may come late. Bounded: a start has few events. */
final class Events {

    private static final int MOST = 10_000;

    private final List<Message> all = new ArrayList<>();

    synchronized void add(Message event) {
        if (all.size() < MOST) {
            all.add(event);
            notifyAll();
        }
    }

    /** The event at a position, waited for a while. */
    synchronized Optional<Message> at(int position, Duration limit) throws InterruptedException {
        var deadline = System.nanoTime() + limit.toNanos();
        while (position >= all.size() && System.nanoTime() < deadline) {
            wait(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
        return position < all.size() ? Optional.of(all.get(position)) : Optional.empty();
    }
}
