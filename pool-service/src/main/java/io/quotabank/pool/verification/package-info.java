/** Proves keys by real calls, again and again until there is an answer. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "key"})
package io.quotabank.pool.verification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
