package io.quotabank.proxy.routing;

import org.jspecify.annotations.Nullable;

/**
 * The probes that one call is: of its key, of its key for its model, of its host; null where that is in no need of one.
 */
record Probes(
        @Nullable KeyHealth key,
        @Nullable KeyHealth model,
        @Nullable HostHealth host) {

    private static final Probes NONE = new Probes(null, null, null);

    /** Takes all that are due; null, and none taken, where another call is one of them. */
    static @Nullable Probes take(RoutedKey routed, String model, long nowMs) {
        var ofModel = routed.health(model);
        boolean key = isDue(routed.health(), nowMs);
        boolean forModel = ofModel != null && isDue(ofModel, nowMs);
        boolean host = routed.host().isOut();
        if (!key && !forModel && !host) {
            return NONE;
        }
        if (key && !routed.health().takeProbe(nowMs)) {
            return null;
        }
        var taken = new Probes(key ? routed.health() : null, null, null);
        if (forModel && !ofModel.takeProbe(nowMs)) {
            taken.giveBack();
            return null;
        }
        taken = new Probes(taken.key, forModel ? ofModel : null, null);
        if (host && !routed.host().takeProbe(nowMs)) {
            taken.giveBack();
            return null;
        }
        return new Probes(taken.key, taken.model, host ? routed.host() : null);
    }

    boolean ofKey() {
        return key != null;
    }

    boolean ofModel() {
        return model != null;
    }

    boolean ofHost() {
        return host != null;
    }

    void giveKeyBack() {
        if (key != null) {
            key.giveProbeBack();
        }
    }

    void giveModelBack() {
        if (model != null) {
            model.giveProbeBack();
        }
    }

    void giveHostBack() {
        if (host != null) {
            host.giveProbeBack();
        }
    }

    void giveBack() {
        giveKeyBack();
        giveModelBack();
        giveHostBack();
    }

    private static boolean isDue(KeyHealth health, long nowMs) {
        return health.state(nowMs) == KeyHealth.State.PROBE_DUE;
    }
}
