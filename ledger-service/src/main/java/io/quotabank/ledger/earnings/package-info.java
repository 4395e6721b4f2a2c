/** Earnings: what settlement gathered for owners of keys, brought to their own accounts. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "transfer", "settlement", "lock"})
package io.quotabank.ledger.earnings;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
