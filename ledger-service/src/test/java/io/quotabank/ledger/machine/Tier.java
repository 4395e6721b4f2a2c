package io.quotabank.ledger.machine;

import java.util.Locale;

/** What a person's tier adds to a recharge. Silver's is the tests' own: it leaves remainders. */
enum Tier {
    BRONZE(0),
    SILVER(333),
    GOLD(2_000);

    final int basisPoints;

    Tier(int basisPoints) {
        this.basisPoints = basisPoints;
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What remains is nobody's. */
    long added(long recharged) {
        return recharged * basisPoints / 10_000;
    }
}
