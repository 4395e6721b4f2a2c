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
    private final String model;
    private final Probes probes;
    private final LongSupplier nowMs;
    private boolean open = true;

    Pick(
            RoutedKey routed,
            PoolKeyRecord key,
            HostHealth host,
            String model,
            KeyLimits.Taken taken,
            Probes probes,
            UsageEvent.@Nullable Routing score,
            LongSupplier nowMs) {
        this.routed = routed;
        this.key = key;
        this.host = host;
        this.hostName = routed.hostName();
        this.score = score;
        this.taken = taken;
        this.model = model;
        this.probes = probes;
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
                refused(ending, now);
                failed(now);
                host.answered(probes.ofHost());
            }
            case RATE_LIMITED -> {
                routed.health().limited(now, ending.retryAfter(), probes.ofKey());
                probes.giveModelBack();
                failed(now);
                host.answered(probes.ofHost());
            }
            case PROVIDER_ERROR, CUT -> {
                // A host that is out fails whichever of its keys tries it.
                routed.health().failed(now, ending.retryAfter(), probes.ofKey(), !probes.ofHost());
                probes.giveModelBack();
                failed(now);
                host.erred(now, probes.ofHost());
            }
            case UNREACHABLE -> {
                probes.giveKeyBack();
                probes.giveModelBack();
                host.unreachable(now, probes.ofHost());
            }
            case REQUEST_REFUSED -> {
                probes.giveKeyBack();
                probes.giveModelBack();
                host.answered(probes.ofHost());
            }
            case CANCELLED -> probes.giveBack();
        }
    }

    /** A key that may not call one model may still serve others. */
    private void refused(Ending ending, long now) {
        if (ending.modelOnly()) {
            routed.modelRefused(model, now, probes.ofModel());
            probes.giveKeyBack();
        } else {
            routed.health().refused(now, probes.ofKey());
            probes.giveModelBack();
        }
    }

    /** Returns a key that was not called after all. */
    public void unused() {
        if (open) {
            open = false;
            routed.limits().undo(taken);
            probes.giveBack();
        }
    }

    private void served(Ending ending, long now) {
        routed.health().succeeded(probes.ofKey());
        var ofModel = routed.health(model);
        if (ofModel != null) {
            ofModel.succeeded(probes.ofModel());
        }
        routed.figures().count(now, true);
        host.answered(probes.ofHost());
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
}
