/** Splits: how the amount of a sale is shared out among those who have a part in it. */
@NullMarked
@ApplicationModule(allowedDependencies = "idempotency")
package io.quotabank.ledger.split;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
