/** Debts: what people owe since credits were taken back that they had spent. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch", "transfer"})
package io.quotabank.ledger.debt;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
