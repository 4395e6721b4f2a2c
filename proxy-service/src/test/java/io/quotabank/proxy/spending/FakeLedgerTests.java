package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases;
import java.util.UUID;

class FakeLedgerTests extends LedgerLeasesContract {

    @Override
    LedgerLeases ledgerWith(UUID userId, long micro) {
        return new FakeLedger().with(userId, micro);
    }
}
