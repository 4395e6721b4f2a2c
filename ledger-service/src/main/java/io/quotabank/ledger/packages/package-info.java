/** Packages: how many credits an amount of money buys. */
@NullMarked
@ApplicationModule(allowedDependencies = {"idempotency", "text"})
package io.quotabank.ledger.packages;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
