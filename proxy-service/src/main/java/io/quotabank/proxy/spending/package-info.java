/** What users may spend here: leases from the ledger, reserved from in memory, stated back when they end. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "journal"})
package io.quotabank.proxy.spending;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
