/** Idempotency keys: the same request again gets the first answer. */
@NullMarked
@ApplicationModule(allowedDependencies = {"batch", "group", "text"})
package io.quotabank.ledger.idempotency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
