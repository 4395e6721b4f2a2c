/** The life of deposited keys, from verification to withdrawal, told to routers by {@code pool.keys.v1}. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "custody"})
package io.quotabank.pool.key;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
