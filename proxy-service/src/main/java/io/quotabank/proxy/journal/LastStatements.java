package io.quotabank.proxy.journal;

import io.quotabank.contracts.lease.LedgerLeases.Statement;

/** How replay ends the leases of a dead process. */
@FunctionalInterface
public interface LastStatements {

    /** Returns once the ledger has taken it, or never knew the lease; throws where it has to be tried again. */
    void tell(Statement statement);
}
