package io.quotabank.proxy.upstream;

import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;

/** A running call: known to the sweep that stops overdue ones. */
final class UpstreamCall {

    private final HttpUriRequestBase request;
    private final Set<UpstreamCall> running;
    private volatile long deadlineNanos;
    private volatile boolean overdue;
    private volatile boolean stopped;
    private volatile boolean sent;

    UpstreamCall(HttpUriRequestBase request, long deadlineNanos, Set<UpstreamCall> running) {
        this.request = request;
        this.deadlineNanos = deadlineNanos;
        this.running = running;
        running.add(this);
    }

    void stopIfOverdue(long nowNanos) {
        if (nowNanos - deadlineNanos > 0) {
            overdue = true;
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
        sent = true;
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
