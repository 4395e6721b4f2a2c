package io.quotabank.platform.peer;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One instance of a service, and whether it said when it was last asked that it takes no requests. */
public final class Peer {

    private static final int UNAVAILABLE = 503;

    private final URI readiness;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile boolean absent;

    /** Present, until somebody asks it. */
    public Peer(String host, int port) {
        this.readiness = URI.create("http://" + host + ":" + port + "/readyz");
    }

    /**
     * True while it starts, leaves or is not there. Present until the opposite is known: a peer that is too busy to
     * answer is still one.
     */
    public boolean absent() {
        return absent;
    }

    URI readiness() {
        return readiness;
    }

    /** False while an earlier question has no answer. */
    boolean mayAsk() {
        return asked.compareAndSet(false, true);
    }

    void answered(@Nullable HttpResponse<?> answer, @Nullable Throwable failure) {
        if (answer != null) {
            absent = answer.statusCode() == UNAVAILABLE;
        } else if (isRefused(failure)) {
            absent = true;
        }
        asked.set(false);
    }

    private static boolean isRefused(@Nullable Throwable failure) {
        var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof ConnectException;
    }
}
