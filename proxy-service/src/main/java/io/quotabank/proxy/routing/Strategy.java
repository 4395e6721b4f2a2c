package io.quotabank.proxy.routing;

import java.util.Locale;

/** By what the usable keys of a model are chosen among. Health, owners' limits and failover are the same for all. */
enum Strategy {
    /** The best by cost, performance and reliability together; those as good as the best share the load. */
    SMART,
    /** The same, by cost alone. */
    CHEAPEST,
    /** The same, by speed alone. */
    FASTEST,
    /** In turn, each as often as its part of all the quota that is left. */
    WEIGHTED_ROUND_ROBIN,
    /** Whichever was not used for longest. */
    LEAST_RECENTLY_USED;

    /** As settings and usage records name it. */
    String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Calls take places one after the other, instead of a random one each. */
    boolean takesTurns() {
        return this == WEIGHTED_ROUND_ROBIN || this == LEAST_RECENTLY_USED;
    }
}
