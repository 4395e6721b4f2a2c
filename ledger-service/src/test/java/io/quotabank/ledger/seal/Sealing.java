package io.quotabank.ledger.seal;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.tail.Tail;

/** Seals without waiting for the jobs, for tests of other features. */
public final class Sealing {

    /** @return the newest block; -1 before the first */
    public static long seal(Ledger ledger) {
        ledger.bean(Tail.class).cut();
        var seals = ledger.bean(Seals.class);
        // Not by the job: it leaves the way to settlement while that is behind.
        boolean more = true;
        while (more) {
            more = seals.sealNext();
        }
        return seals.head().map(Block::number).orElse(-1L);
    }

    private Sealing() {}
}
