/** Holds: credits of a person that are reserved and not yet spent. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch", "cap"})
package io.quotabank.ledger.hold;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
