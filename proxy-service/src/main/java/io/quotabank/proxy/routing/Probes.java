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
        var forKey = due(routed.health(), nowMs);
        var forModel = ofModel == null ? null : due(ofModel, nowMs);
        var forHost = routed.host().isOut() ? routed.host() : null;
        if (forKey == null && forModel == null && forHost == null) {
            return NONE;
        }
        if (forKey != null && !forKey.takeProbe(nowMs)) {
            return null;
        }
        if (forModel != null && !forModel.takeProbe(nowMs)) {
            new Probes(forKey, null, null).giveBack();
            return null;
        }
        if (forHost != null && !forHost.takeProbe(nowMs)) {
            new Probes(forKey, forModel, null).giveBack();
            return null;
        }
        return new Probes(forKey, forModel, forHost);
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

    private static @Nullable KeyHealth due(KeyHealth health, long nowMs) {
        return health.state(nowMs) == KeyHealth.State.PROBE_DUE ? health : null;
    }
}
