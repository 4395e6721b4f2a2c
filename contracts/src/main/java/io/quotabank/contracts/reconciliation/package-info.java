/** Differences that the ledger found in its books. */
@NullMarked
package io.quotabank.contracts.reconciliation;

import org.jspecify.annotations.NullMarked;
