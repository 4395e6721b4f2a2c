/** Payments: orders of packages, money that providers took for them, and money that went back. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "account",
            "debt",
            "grant",
            "idempotency",
            "packages",
            "paymentprovider",
            "reward",
            "transfer",
            "text"
        })
package io.quotabank.ledger.payment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
