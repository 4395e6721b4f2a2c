package io.quotabank.proxy.routing;

import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Whether a key can be used now. Failures within a window, a provider's 429 or its refusal of the key take the key out
 * for a time; then one real call at a time probes it, and one that succeeds brings it back. Times are monotonic
 * milliseconds.
 */
final class KeyHealth {

    enum State {
        WELL,
        COOLING,
        /** The cool-down is over: one call may try. */
        PROBE_DUE,
        /** Left to a person. */
        FLAGGED
    }

    private static final int MOST_DOUBLINGS = 16;

    private final RoutingProperties properties;
    private final Runnable onFlag;
    private final ArrayDeque<Long> failures = new ArrayDeque<>();
    private volatile boolean out;
    private volatile boolean flagged;
    private volatile boolean probing;
    private volatile boolean rateLimited;
    private volatile long coolUntilMs;
    private int failedProbes;
    private int blamedProbes;
    private int limitedProbes;

    /** @param onFlag told each time that the key is left to a person */
    KeyHealth(RoutingProperties properties, Runnable onFlag) {
        this.properties = properties;
        this.onFlag = onFlag;
    }

    State state(long nowMs) {
        if (!out) {
            return State.WELL;
        }
        if (flagged) {
            return State.FLAGGED;
        }
        return nowMs < coolUntilMs || probing ? State.COOLING : State.PROBE_DUE;
    }

    /** True where the last thing that took it out was a provider's 429. */
    boolean isRateLimited() {
        return out && rateLimited;
    }

    /** When it may be tried next; in the past where it may be tried now. */
    long coolUntilMs() {
        return coolUntilMs;
    }

    /** Takes the one probe that is due. */
    synchronized boolean takeProbe(long nowMs) {
        if (state(nowMs) != State.PROBE_DUE) {
            return false;
        }
        probing = true;
        return true;
    }

    /** The probe ended without telling anything about the key. */
    synchronized void giveProbeBack() {
        probing = false;
    }

    /** A success heals; only a probe's ends a cool-down, for what began before it proves nothing about now. */
    synchronized void succeeded(boolean probe) {
        failures.clear();
        failedProbes = 0;
        blamedProbes = 0;
        limitedProbes = 0;
        flagged = false;
        if (probe) {
            out = false;
            probing = false;
            rateLimited = false;
        }
    }

    /** A failure of its own; a provider that asks to be left alone is, at once. */
    void failed(long nowMs, @Nullable Duration retryAfter, boolean probe) {
        failed(nowMs, retryAfter, probe, true);
    }

    /** @param blamed false where its host was out: then the failure takes it out, and leaves it to nobody */
    synchronized void failed(long nowMs, @Nullable Duration retryAfter, boolean probe, boolean blamed) {
        count(nowMs, probe, blamed);
        if (retryAfter != null) {
            coolFor(nowMs, retryAfter, false);
        }
        if (failures.size() >= properties.failuresToCool() || (out && retryAfter == null)) {
            coolFor(nowMs, doubled(properties.coolDown()), false);
        }
    }

    synchronized void refused(long nowMs, boolean probe) {
        count(nowMs, probe, true);
        coolFor(nowMs, properties.refusedCoolDown(), false);
    }

    /** A 429: no failure, but the key is out for as long as the provider asks. */
    synchronized void limited(long nowMs, @Nullable Duration retryAfter, boolean probe) {
        if (probe) {
            limitedProbes++;
            probing = false;
        }
        coolFor(nowMs, retryAfter == null ? doubled(properties.coolDown()) : retryAfter, true);
    }

    /** Its owner or the pool changed the key: it is as good as new. */
    synchronized void heal() {
        failures.clear();
        failedProbes = 0;
        blamedProbes = 0;
        limitedProbes = 0;
        out = false;
        flagged = false;
        probing = false;
        rateLimited = false;
    }

    /** Out for a time that was told, at most as long as a provider can ask for; no failure that is counted here. */
    synchronized void coolAsTold(long nowMs, long forMs) {
        coolFor(nowMs, Duration.ofMillis(forMs), rateLimited);
    }

    /** Something about the key was changed: a probe may find out at once whether it serves again. */
    synchronized void probeNow(long nowMs) {
        if (out && !rateLimited) {
            flagged = false;
            failedProbes = 0;
            blamedProbes = 0;
            coolUntilMs = nowMs;
        }
    }

    private void count(long nowMs, boolean probe, boolean blamed) {
        long oldest = nowMs - properties.window().toMillis();
        while (!out && !failures.isEmpty() && failures.getFirst() <= oldest) {
            failures.removeFirst();
        }
        if (probe) {
            failedProbes++;
            blamedProbes += blamed ? 1 : 0;
            probing = false;
        } else if (failures.size() < properties.failuresToCool()) {
            // Calls that were under way when the key went out fail for the same reason: they add nothing.
            failures.addLast(nowMs);
        }
        if (!flagged && failures.size() + blamedProbes >= properties.failuresToFlag()) {
            flagged = true;
            onFlag.run();
        }
    }

    private Duration doubled(Duration first) {
        return first.multipliedBy(1L << Math.min(MOST_DOUBLINGS, failedProbes + limitedProbes));
    }

    // A later, shorter cool-down never shortens an earlier, longer one.
    private void coolFor(long nowMs, Duration asked, boolean byProvidersLimit) {
        var capped = asked.compareTo(properties.longestCoolDown()) > 0 ? properties.longestCoolDown() : asked;
        long until = nowMs + Math.max(0, capped.toMillis());
        coolUntilMs = out ? Math.max(coolUntilMs, until) : until;
        rateLimited = byProvidersLimit;
        out = true;
    }
}
