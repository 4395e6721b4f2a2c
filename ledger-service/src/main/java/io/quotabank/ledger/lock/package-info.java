/** Locks: what one process does at a time, by the number of its advisory lock. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.lock;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
