/** Escrow: holds that applications open on people's credits, and purchases; held, worked for, then settled or given back. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"account", "batch", "credit", "grant", "hold", "idempotency", "split", "transfer"})
package io.quotabank.ledger.escrow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
