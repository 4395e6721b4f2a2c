package io.quotabank.proxy.presence;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All clients that wait for an answer. A request's own thread is blocked while its provider thinks, and Tomcat tells
 * nobody that a connection has ended meanwhile; one thread that looks at each a few times a second does. A request that
 * is answered sooner costs nothing but its place here.
 */
public final class Presences implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Presences.class);

    private final Set<Presence> watched = ConcurrentHashMap.newKeySet();
    private final Duration lookEvery;
    private final Thread watch =
            Thread.ofPlatform().daemon().name("presence-watch").unstarted(this::watch);

    Presences(Duration lookEvery) {
        this.lookEvery = lookEvery;
        watch.start();
    }

    /**
     * Watches a client whose request has been read whole.
     *
     * @param whenGone runs at most once, on any thread, and must not wait
     */
    public Presence watch(HttpServletRequest request, Runnable whenGone) {
        if (!(request.getAttribute(ConnectionValve.ATTRIBUTE) instanceof Request connection)) {
            throw new IllegalStateException("the valve that hands on connections is missing");
        }
        var presence = new Presence(connection, whenGone, watched);
        watched.add(presence);
        return presence;
    }

    @Override
    public void close() {
        watch.interrupt();
    }

    private void watch() {
        while (!watch.isInterrupted()) {
            watched.forEach(Presences::look);
            LockSupport.parkNanos(lookEvery.toNanos());
        }
    }

    private static void look(Presence presence) {
        try {
            presence.watch();
        } catch (RuntimeException fault) {
            // One connection that can't be looked at must not leave all others unwatched.
            presence.close();
            LOG.error("a client could not be watched", fault);
        }
    }
}
