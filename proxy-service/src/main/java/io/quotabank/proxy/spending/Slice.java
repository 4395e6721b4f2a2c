package io.quotabank.proxy.spending;

import io.quotabank.contracts.money.Credits;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * A part of a lease reserved for a request. It is listed in its lease before the amount is taken, so that no statement
 * can miss it, and is settled when it is known whether the amount was there.
 */
final class Slice {

    private enum Stage {
        TRYING,
        RESERVED,
        FAILED
    }

    private static final long A_MOMENT_NS = 1_000;

    private final UUID requestId;
    private final Credits atMost;
    private volatile Stage stage = Stage.TRYING;

    Slice(UUID requestId, Credits atMost) {
        this.requestId = requestId;
        this.atMost = atMost;
    }

    UUID requestId() {
        return requestId;
    }

    Credits atMost() {
        return atMost;
    }

    void reserved() {
        stage = Stage.RESERVED;
    }

    void failed() {
        stage = Stage.FAILED;
    }

    /** Waits out the few instructions during which it is not known. */
    boolean isReserved() {
        while (stage == Stage.TRYING) {
            LockSupport.parkNanos(A_MOMENT_NS);
        }
        return stage == Stage.RESERVED;
    }
}
