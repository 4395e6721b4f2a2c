/** Actions: what applications may do for a fixed price, and every price that they had. */
@NullMarked
@ApplicationModule(allowedDependencies = {"idempotency", "lock"})
package io.quotabank.ledger.action;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
