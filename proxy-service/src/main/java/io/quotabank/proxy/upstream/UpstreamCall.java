package io.quotabank.proxy.upstream;

import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;

/** A running call: known to the sweep that stops overdue ones. */
final class UpstreamCall {

    private final HttpUriRequestBase request;
    private final Set<UpstreamCall> running;
    private final long headNanos;
    private volatile long deadlineNanos;
    private volatile long headByNanos;
    private volatile boolean sent;
    private volatile boolean begun;
    private volatile boolean silent;
    private volatile boolean overdue;
    private volatile boolean stopped;

    /** @param headNanos from the request's being sent to its answer's whole head */
    UpstreamCall(HttpUriRequestBase request, long deadlineNanos, long headNanos, Set<UpstreamCall> running) {
        this.request = request;
        this.deadlineNanos = deadlineNanos;
        this.headNanos = headNanos;
        this.running = running;
        running.add(this);
    }

    void stopIfOverdue(long nowNanos) {
        if (nowNanos - deadlineNanos > 0) {
            overdue = true;
            request.abort();
        } else if (sent && !begun && nowNanos - headByNanos > 0) {
            // A time-out of the socket begins anew with each byte: a head that drips would never meet it.
            silent = true;
            request.abort();
        }
    }

    void stop() {
        stopped = true;
        request.abort();
    }

    boolean isStopped() {
        return stopped;
    }

    /** The request's body has gone out whole. */
    void sent() {
        headByNanos = System.nanoTime() + headNanos;
        sent = true;
    }

    /** The answer's head has come. */
    void begun() {
        begun = true;
    }

    /** True where it was stopped because no answer had begun in time. */
    boolean isSilent() {
        return silent;
    }

    boolean isSent() {
        return sent;
    }

    boolean isOverdue() {
        return overdue;
    }

    /** Brings the deadline forward; never puts it off. */
    synchronized void endBefore(long nanos) {
        if (nanos - deadlineNanos < 0) {
            deadlineNanos = nanos;
        }
    }

    void end() {
        running.remove(this);
        // Without this, closing would read the rest of the body to save the connection. A connection that went back to
        // its pool at the body's end is not this request's any more and stays.
        request.abort();
    }
}
