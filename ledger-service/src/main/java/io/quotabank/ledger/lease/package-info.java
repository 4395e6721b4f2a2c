/** Spending leases: holds out of which one proxy instance spends for one person. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "transfer", "batch", "grant", "hold", "cap", "debt", "group"})
package io.quotabank.ledger.lease;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
