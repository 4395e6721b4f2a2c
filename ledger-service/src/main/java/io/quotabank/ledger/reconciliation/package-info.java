/** Reconciliation: proves the books against themselves, from one snapshot. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.reconciliation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
