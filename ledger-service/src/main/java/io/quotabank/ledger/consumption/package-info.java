/** Consumptions: credits that other applications take for what they do, and what they give back of them. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "account",
            "batch",
            "group",
            "transfer",
            "grant",
            "idempotency",
            "action",
            "credit",
            "debt",
            "text"
        })
package io.quotabank.ledger.consumption;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
