/** Requests that come at the same time share a transaction. */
@NullMarked
@ApplicationModule(allowedDependencies = "transfer")
package io.quotabank.ledger.group;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
