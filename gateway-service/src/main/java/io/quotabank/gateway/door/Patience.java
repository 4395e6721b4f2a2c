package io.quotabank.gateway.door;

import java.time.Duration;

/** What a connection waits for from its client, since when, and how long it may. Times are {@link System#nanoTime()}. */
final class Patience {

    enum Waiting {
        /** For the next request, nothing of it seen. */
        REQUEST,
        /** For the rest of a request's headers. */
        HEADERS,
        /** For the rest of a request's body. */
        BODY,
        /** For the client to see that it was refused and to stop sending. */
        LINGERING,
        /** For nothing: the next move is ours. */
        NONE
    }

    private final DoorProperties properties;
    private Waiting waiting = Waiting.REQUEST;
    private long sinceNs = System.nanoTime();

    Patience(DoorProperties properties) {
        this.properties = properties;
    }

    Waiting waiting() {
        return waiting;
    }

    void waitFor(Waiting next) {
        waiting = next;
        sinceNs = System.nanoTime();
    }

    /** The time while we did not read is not the client's. */
    void restart() {
        sinceNs = System.nanoTime();
    }

    /** True when nothing of a next request has come for so long. */
    boolean idleFor(long nowNs, Duration limit) {
        return waiting == Waiting.REQUEST && nowNs - sinceNs > limit.toNanos();
    }

    boolean over(long nowNs) {
        var limit = switch (waiting) {
            case REQUEST -> properties.idleTimeout();
            case HEADERS -> properties.headerTimeout();
            case BODY -> properties.bodyTimeout();
            case LINGERING -> properties.lingerTimeout();
            case NONE -> null;
        };
        return limit != null && nowNs - sinceNs > limit.toNanos();
    }
}
