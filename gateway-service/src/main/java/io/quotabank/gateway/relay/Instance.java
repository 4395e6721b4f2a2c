package io.quotabank.gateway.relay;

import io.quotabank.platform.peer.Peer;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** One proxy-service that can be sent to. */
final class Instance {

    private final InetSocketAddress address;
    private final String authority;
    private final long place;
    private final Peer peer;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean out;
    private volatile long backAtNs;

    Instance(InetSocketAddress address, Peer peer) {
        this.address = address;
        this.authority = address.getHostString() + ":" + address.getPort();
        this.place = Spread.hash(authority);
        this.peer = peer;
    }

    InetSocketAddress address() {
        return address;
    }

    /** The value of the header {@code Host}. */
    String authority() {
        return authority;
    }

    /** What callers are spread by: the same wherever this instance is known by the same address. */
    long place() {
        return place;
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

    /** Neither leaving or starting, by its own word, nor out of reach a moment ago. */
    boolean usable(long nowNs) {
        return !peer.absent() && (!out || nowNs - backAtNs >= 0);
    }

    /** False once it says that it leaves: a connection to it is not kept for another request. */
    boolean keepsConnections() {
        return !peer.absent();
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
