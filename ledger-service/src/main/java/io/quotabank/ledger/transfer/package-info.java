/** Transfers: the only way in which balances change. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch"})
package io.quotabank.ledger.transfer;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
