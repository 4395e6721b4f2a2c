/** Credits as people see them: balance, history, recharge. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "transfer", "grant", "batch", "idempotency", "reward"})
package io.quotabank.ledger.credit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
