package io.quotabank.ledger.escrow;

import io.quotabank.ledger.Ledger;

/** Ends holds whose time is over without waiting for the job, for tests of other features. */
public final class Sweeping {

    private static final int MOST = 200;

    public static void sweep(Ledger ledger) {
        int ended;
        do {
            ended = ledger.bean(Escrows.class).expire(MOST);
        } while (ended == MOST);
    }

    private Sweeping() {}
}
