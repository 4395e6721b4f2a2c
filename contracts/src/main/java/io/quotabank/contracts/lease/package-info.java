/** Spending leases: how a proxy instance and the ledger agree on what a user may spend. */
@NullMarked
package io.quotabank.contracts.lease;

import org.jspecify.annotations.NullMarked;
