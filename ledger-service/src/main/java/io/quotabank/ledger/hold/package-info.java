/** Holds for proxies: credits of a person that a lease has reserved and that are not yet spent. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch", "cap"})
package io.quotabank.ledger.hold;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
