/** Tail: what was committed, in windows that are complete for ever, for whoever reads on from where it ended. */
@NullMarked
@ApplicationModule(allowedDependencies = {"batch", "lock"})
package io.quotabank.ledger.tail;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
