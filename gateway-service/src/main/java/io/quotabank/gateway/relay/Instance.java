package io.quotabank.gateway.relay;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** One proxy-service that can be sent to. */
final class Instance {

    private final InetSocketAddress address;
    private final String authority;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean out;
    private volatile long backAtNs;

    Instance(InetSocketAddress address) {
        this.address = address;
        this.authority = address.getHostString() + ":" + address.getPort();
    }

    InetSocketAddress address() {
        return address;
    }

    /** The value of the header {@code Host}. */
    String authority() {
        return authority;
    }

    int inFlight() {
        return inFlight.get();
    }

    void begin() {
        inFlight.incrementAndGet();
    }

    void end() {
        inFlight.decrementAndGet();
    }

    boolean usable(long nowNs) {
        return !out || nowNs - backAtNs >= 0;
    }

    /** Passes it over until then; true when it was in use before. */
    boolean takeOut(long untilNs) {
        boolean was = out;
        backAtNs = untilNs;
        out = true;
        return !was;
    }

    /** True when it had been out. */
    boolean bringBack() {
        boolean was = out;
        out = false;
        return was;
    }
}
