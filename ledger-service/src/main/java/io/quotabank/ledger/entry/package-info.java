/** Entries: publishes each, in order per account, from the transfers themselves. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "tail", "settlement", "lock"})
package io.quotabank.ledger.entry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
