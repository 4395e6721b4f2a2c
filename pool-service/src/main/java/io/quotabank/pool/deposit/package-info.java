/** Takes a person's provider key into the pool and tells how its verification goes. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "custody", "key", "upstream", "verification"})
package io.quotabank.pool.deposit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
