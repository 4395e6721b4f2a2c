/** Lets each key's quota fall with its metered use, and heeds what providers answered meanwhile. */
@NullMarked
@ApplicationModule(allowedDependencies = {"figures", "key", "verification"})
package io.quotabank.pool.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
