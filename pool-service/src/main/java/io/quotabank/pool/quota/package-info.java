/** Lets each key's quota fall with its metered use. */
@NullMarked
@ApplicationModule(allowedDependencies = {"figures", "key"})
package io.quotabank.pool.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
