package io.quotabank.proxy.upstream;

/** An upstream call without an answer. Its message names the kind only: never an address, key or body. */
public final class UpstreamException extends Exception {

    /** What went wrong, as far as blame needs it. */
    public enum Kind {
        /** The address is not one that may be called, or is no address. */
        ADDRESS,
        /** No connection: refused, unknown name, TLS, time-out while connecting. Nothing was sent. */
        CONNECT,
        /** The connection broke before an answer began. */
        BROKEN,
        /** No answer began in time. */
        SILENT,
        /** The whole call ran out of its time. */
        DEADLINE,
        /** The call was stopped from here. */
        STOPPED
    }

    private final Kind kind;
    private final boolean sent;

    UpstreamException(Kind kind, boolean sent) {
        super("upstream call failed: " + kind, null, false, false);
        this.kind = kind;
        this.sent = sent;
    }

    public Kind kind() {
        return kind;
    }

    /** True where the request had been sent whole before it failed. */
    public boolean wasSent() {
        return sent;
    }
}
