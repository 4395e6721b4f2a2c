package io.quotabank.proxy.presence;

import java.util.Set;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

/** One client, from when its request was read whole until its answer is over. */
public final class Presence implements AutoCloseable {

    // What Tomcat answers where it finds the connection ended: the read that would follow fails. What a client sends
    // ahead of its turn is longer.
    private static final int END = 1;

    private final Request connection;
    private final Runnable whenGone;
    private final Set<Presence> watched;
    private volatile @Nullable Runnable eachLook;
    private volatile boolean gone;
    private boolean over;

    Presence(Request connection, Runnable whenGone, Set<Presence> watched) {
        this.connection = connection;
        this.whenGone = whenGone;
        this.watched = watched;
    }

    /** True where the client was found to be gone. */
    public boolean isGone() {
        return gone;
    }

    /** From now on this runs with each look of the watch, on its thread: it must not wait. Null for nothing. */
    public void eachLook(@Nullable Runnable what) {
        eachLook = what;
    }

    void watch() {
        var what = eachLook;
        if (!look() && what != null) {
            what.run();
        }
    }

    /** Looks now. The lock keeps a look from reaching into a connection that has gone on to its next request. */
    public synchronized boolean look() {
        if (!gone && !over && ended()) {
            gone = true;
            watched.remove(this);
            whenGone.run();
        }
        return gone;
    }

    /** The answer is over: nobody looks any more. */
    @Override
    public synchronized void close() {
        over = true;
        watched.remove(this);
    }

    /** A read that does not wait: the request's body is behind us, so there is nothing to come but the end. */
    private boolean ended() {
        connection.action(ActionCode.AVAILABLE, true);
        return connection.getAvailable() == END;
    }
}
