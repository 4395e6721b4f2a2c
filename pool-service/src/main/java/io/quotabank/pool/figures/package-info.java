/** What each key did and earned, to the micro-credit of the ledger. */
@NullMarked
@ApplicationModule(allowedDependencies = {"key"})
package io.quotabank.pool.figures;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
