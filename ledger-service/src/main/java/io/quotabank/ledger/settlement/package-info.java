/** Settlement: who pays and who gets what, once a request has ended. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "transfer", "hold", "batch"})
package io.quotabank.ledger.settlement;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
