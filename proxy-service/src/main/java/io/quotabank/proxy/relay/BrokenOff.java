package io.quotabank.proxy.relay;

/** A stream stops before its own end. */
final class BrokenOff extends Exception {

    /** What stops it. */
    enum Break {
        PROVIDER_ERROR,
        PROVIDER_CUT,
        /** An event is larger than is passed on: the request asked for it, and no key is to blame. */
        TOO_LARGE,
        CLIENT_GONE,
        TIME_OUT,
        CREDITS_OUT,
        /** A fault of ours. */
        FAULT
    }

    private final Break why;

    BrokenOff(Break why) {
        super(why.name(), null, false, false);
        this.why = why;
    }

    Break why() {
        return why;
    }
}
