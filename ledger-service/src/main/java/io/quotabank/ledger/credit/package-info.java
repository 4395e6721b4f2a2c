/** Credits as people see them: balance, history, recharge. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "account",
            "batch",
            "debt",
            "grant",
            "idempotency",
            "payment",
            "paymentprovider",
            "reward",
            "transfer",
            "text"
        })
package io.quotabank.ledger.credit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
