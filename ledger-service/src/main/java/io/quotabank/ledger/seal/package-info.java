/** Seal: transfers hashed into a chain of blocks, and the chain's head noted in another place. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "tail", "settlement", "lock"})
package io.quotabank.ledger.seal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
