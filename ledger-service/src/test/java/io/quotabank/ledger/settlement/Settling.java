package io.quotabank.ledger.settlement;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import java.util.List;
import java.util.UUID;

/** Settles without Kafka, for tests of other features. */
public final class Settling {

    /** A request that cost so much, paid from one lease. */
    public static void settle(Ledger ledger, UUID user, UUID lease, long micro) {
        var event = TestUsage.of(user)
                .cost(micro)
                .from(lease, micro)
                .served(UUID.randomUUID(), micro)
                .closed();
        ledger.bean(Settlements.class).settle(List.of(Usage.of(event, 5, 0)));
    }

    private Settling() {}
}
