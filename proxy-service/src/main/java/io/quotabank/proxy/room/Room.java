package io.quotabank.proxy.room;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of heap that requests under way may hold together. Each takes what it holds before it holds it and gives it
 * back when it has ended. Lock-free: one compare-and-set each way.
 */
public final class Room {

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most bytes; above 0 */
    public Room(long most) {
        if (most <= 0) {
            throw new IllegalArgumentException("there is no room for any request: " + most + " bytes");
        }
        this.most = most;
    }

    /** What one request has taken, to be closed when it has ended. Confined to the request's thread. */
    public final class Share implements AutoCloseable {

        private long bytes;

        private Share() {}

        /** Takes more, all of it or nothing; false where there is too little left. */
        public boolean take(long more) {
            if (!Room.this.take(more)) {
                return false;
            }
            bytes += more;
            return true;
        }

        @Override
        public void close() {
            taken.addAndGet(-bytes);
            bytes = 0;
        }
    }

    /** A share with nothing in it yet. */
    public Share share() {
        return new Share();
    }

    /** Bytes that requests hold now. */
    public long taken() {
        return taken.get();
    }

    public long most() {
        return most;
    }

    private boolean take(long more) {
        while (true) {
            long now = taken.get();
            if (now + more > most) {
                return false;
            }
            if (taken.compareAndSet(now, now + more)) {
                return true;
            }
        }
    }
}
