/** Accounts: whose credits, on which side they count, and the rows that hold balances. */
@NullMarked
@ApplicationModule(allowedDependencies = "batch")
package io.quotabank.ledger.account;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
