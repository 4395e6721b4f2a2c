/** What was found out: kept for good, told to pool-service, shown to owners and administrators. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.risk.finding;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
