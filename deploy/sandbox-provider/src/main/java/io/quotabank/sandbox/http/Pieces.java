package io.quotabank.sandbox.http;

import org.jspecify.annotations.Nullable;

/**
 * A streamed body: pieces that become due with time and are sent no faster than the client reads. Called on one thread.
 */
public interface Pieces {

    /** Nanoseconds until the next piece is due; 0 or less when it is due now. */
    long dueInNanos();

    /** The next piece, not empty, or null when there are no more. */
    @Nullable
    String next();

    /** The oldest piece that was not yet told of has been handed to the socket. */
    void sent();

    /** Asked when there are no more pieces: whether the body ends properly, or is cut by closing the connection. */
    boolean endsProperly();

    /** Called once and last: whether everything, the body's proper end included, was handed to the socket. */
    void ended(boolean whole);
}
