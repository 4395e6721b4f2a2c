/** Escrow: credits that applications and purchases hold until the work is done, then settle or give back. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "account",
            "batch",
            "credit",
            "debt",
            "grant",
            "group",
            "hold",
            "idempotency",
            "lease",
            "split",
            "transfer",
            "text"
        })
package io.quotabank.ledger.escrow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
