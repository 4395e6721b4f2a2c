/** Codes that give credits: made in batches, shown once, known by their hash. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch", "transfer", "grant", "idempotency", "text"})
package io.quotabank.ledger.redemption;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
