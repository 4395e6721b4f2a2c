/** Charges: what the ledger took for requests. */
@NullMarked
package io.quotabank.contracts.charge;

import org.jspecify.annotations.NullMarked;
