package io.quotabank.ledger.reconciliation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Which month a row is of follows from its id alone: only ids are of then, and all else is of now. */
final class IdsClock extends Clock {

    static final Clock THEN = Clock.fixed(Instant.parse("2025-01-15T12:00:00Z"), ZoneOffset.UTC);

    private volatile boolean then = true;

    /** From here on. */
    void itIsNow() {
        then = false;
    }

    @Override
    public Instant instant() {
        return then ? THEN.instant() : Instant.now();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
