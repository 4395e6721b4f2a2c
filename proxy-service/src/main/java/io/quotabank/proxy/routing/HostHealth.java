package io.quotabank.proxy.routing;

import java.util.concurrent.TimeUnit;

/**
 * Whether a provider's host (the authority of a base URL) can be called now: a breaker of its own, so that a host that
 * is away is not blamed on its keys. Times are monotonic milliseconds.
 */
final class HostHealth {

    /** What a call without an answer counts, and what an answer of the 500 class counts. */
    private static final int UNREACHABLE = 2;

    private static final int ERROR = 1;
    private static final int TOO_MUCH = 10;
    private static final int MOST_DOUBLINGS = 10;
    private static final long FORGET_MS = TimeUnit.MINUTES.toMillis(1);

    private final RoutingProperties properties;
    private int points;
    private long lastFailureMs;
    private int failedProbes;
    private volatile boolean out;
    private volatile boolean probing;
    private volatile long untilMs;

    HostHealth(RoutingProperties properties) {
        this.properties = properties;
    }

    boolean isOut() {
        return out;
    }

    boolean mayBeTried(long nowMs) {
        return !out || (nowMs >= untilMs && !probing);
    }

    long outUntilMs() {
        return untilMs;
    }

    /** Takes the one probe of a host that is out; false where it is not due. */
    synchronized boolean takeProbe(long nowMs) {
        if (!out || !mayBeTried(nowMs)) {
            return false;
        }
        probing = true;
        return true;
    }

    synchronized void giveProbeBack() {
        probing = false;
    }

    void answered(boolean probe) {
        // Most calls find a host in good health: no lock for those.
        if (probe || points > 0) {
            heal(probe);
        }
    }

    private synchronized void heal(boolean probe) {
        points = 0;
        if (probe) {
            out = false;
            probing = false;
            failedProbes = 0;
        }
    }

    void unreachable(long nowMs, boolean probe) {
        count(nowMs, UNREACHABLE, probe);
    }

    void erred(long nowMs, boolean probe) {
        count(nowMs, ERROR, probe);
    }

    private synchronized void count(long nowMs, int weight, boolean probe) {
        points = nowMs - lastFailureMs > FORGET_MS ? weight : points + weight;
        lastFailureMs = nowMs;
        if (probe) {
            failedProbes++;
            probing = false;
        }
        if (probe || (!out && points >= TOO_MUCH)) {
            long first = properties.hostCoolDown().toMillis();
            long asked = first << Math.min(MOST_DOUBLINGS, failedProbes);
            untilMs = nowMs + Math.min(asked, properties.longestHostCoolDown().toMillis());
            out = true;
        }
    }
}
