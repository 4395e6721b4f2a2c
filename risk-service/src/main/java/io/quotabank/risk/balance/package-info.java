/** Use outside the platform: balances at providers that fall by more than the platform used. */
@NullMarked
@ApplicationModule(allowedDependencies = {"finding", "key", "signal"})
package io.quotabank.risk.balance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
