/** Grants: credits that are given, each at most once. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "batch", "hold", "idempotency", "transfer", "text"})
package io.quotabank.ledger.grant;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
