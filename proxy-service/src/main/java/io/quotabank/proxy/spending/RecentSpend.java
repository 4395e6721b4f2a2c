package io.quotabank.proxy.spending;

import io.quotabank.contracts.money.Credits;

/** About how much was spent within a window of time, forgetting exponentially. */
final class RecentSpend {

    private final double windowNs;
    private double micro;
    private long atNs;

    RecentSpend(long windowNs, long nowNs) {
        this.windowNs = windowNs;
        this.atNs = nowNs;
    }

    synchronized void add(Credits spent, long nowNs) {
        micro = decayed(nowNs) + spent.micro();
        atNs = Math.max(atNs, nowNs);
    }

    synchronized Credits inWindow(long nowNs) {
        return new Credits((long) decayed(nowNs));
    }

    private double decayed(long nowNs) {
        return micro * Math.exp(-Math.max(0, nowNs - atNs) / windowNs);
    }
}
