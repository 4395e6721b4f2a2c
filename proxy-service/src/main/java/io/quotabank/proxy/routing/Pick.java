package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A key in use by one call. It must be told how the call ended, exactly once. Confined to the call's thread. */
public final class Pick {

    private final RoutedKey routed;
    private final PoolKeyRecord key;
    private final HostHealth host;
    private final String hostName;
    private final UsageEvent.@Nullable Routing score;
    private final KeyLimits.Taken taken;
    private final boolean keyProbe;
    private final boolean hostProbe;
    private final LongSupplier nowMs;
    private boolean open = true;

    Pick(
            RoutedKey routed,
            PoolKeyRecord key,
            HostHealth host,
            KeyLimits.Taken taken,
            boolean keyProbe,
            boolean hostProbe,
            LongSupplier nowMs) {
        this.routed = routed;
        this.key = key;
        this.host = host;
        this.hostName = routed.hostName();
        this.score = routed.score();
        this.taken = taken;
        this.keyProbe = keyProbe;
        this.hostProbe = hostProbe;
        this.nowMs = nowMs;
    }

    public PoolKeyRecord key() {
        return key;
    }

    /** The authority of the key's base URL. */
    public String host() {
        return hostName;
    }

    /** Why the key was chosen; null where it was chosen before it was ever scored. */
    public UsageEvent.@Nullable Routing score() {
        return score;
    }

    /** Returns the key and says how it served. */
    public void ended(Ending ending) {
        if (!open) {
            throw new IllegalStateException("a call ends once");
        }
        open = false;
        long now = nowMs.getAsLong();
        routed.limits().settle(taken, ending.tokens(), ending.listCost().micro());
        routed.figures().spend(now, ending.listCost().micro());
        switch (ending.result()) {
            case SERVED -> served(ending, now);
            case KEY_REFUSED -> {
                routed.health().refused(now, keyProbe);
                failed(now);
                host.answered(hostProbe);
            }
            case RATE_LIMITED -> {
                routed.health().limited(now, ending.retryAfter(), keyProbe);
                failed(now);
                host.answered(hostProbe);
            }
            case PROVIDER_ERROR, CUT -> {
                routed.health().failed(now, ending.retryAfter(), keyProbe);
                failed(now);
                host.erred(now, hostProbe);
            }
            case UNREACHABLE -> {
                giveKeyProbeBack();
                host.unreachable(now, hostProbe);
            }
            case REQUEST_REFUSED -> {
                giveKeyProbeBack();
                host.answered(hostProbe);
            }
            case CANCELLED -> {
                giveKeyProbeBack();
                giveHostProbeBack();
            }
        }
    }

    /** Returns a key that was not called after all. */
    public void unused() {
        if (open) {
            open = false;
            routed.limits().undo(taken);
            giveKeyProbeBack();
            giveHostProbeBack();
        }
    }

    private void served(Ending ending, long now) {
        routed.health().succeeded(keyProbe);
        routed.figures().count(now, true);
        host.answered(hostProbe);
        var firstToken = ending.firstTokenMs();
        if (firstToken != null) {
            routed.figures().firstToken(firstToken);
        }
        long rest = ending.durationMs() - (firstToken == null ? 0 : firstToken);
        if (ending.outputTokens() > 1) {
            routed.figures().perToken((double) rest / ending.outputTokens());
        }
    }

    private void failed(long now) {
        routed.figures().count(now, false);
    }

    private void giveKeyProbeBack() {
        if (keyProbe) {
            routed.health().giveProbeBack();
        }
    }

    private void giveHostProbeBack() {
        if (hostProbe) {
            host.giveProbeBack();
        }
    }
}
