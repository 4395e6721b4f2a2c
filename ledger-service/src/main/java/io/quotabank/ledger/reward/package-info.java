/** What a recharge brings beside its own credits: by the person's tier, and by an invitation. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "debt", "transfer", "grant", "idempotency", "text"})
package io.quotabank.ledger.reward;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
