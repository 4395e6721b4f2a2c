/** Spending caps of access keys: what their leases hold and have spent, in all, by day and by month. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch"})
package io.quotabank.ledger.cap;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
