package io.quotabank.ledger.settlement;

import io.quotabank.contracts.usage.UsageEvent.Closed;
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
        settle(ledger, List.of(event));
    }

    /** One batch of one partition. */
    public static void settle(Ledger ledger, List<Closed> batch) {
        ledger.bean(Settlements.class)
                .settle(batch.stream().map(event -> Usage.of(event, 5, 0)).toList());
    }

    private Settling() {}
}
