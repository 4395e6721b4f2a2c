/** Reconciliation: proves the books against themselves, from one snapshot, and settlement against the usage events. */
@NullMarked
@ApplicationModule(allowedDependencies = {"batch", "seal", "settlement", "lock"})
package io.quotabank.ledger.reconciliation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
