/** Acts on what risk-service found: cools keys down, has them verified, leaves them to a person. */
@NullMarked
@ApplicationModule(allowedDependencies = {"key", "verification"})
package io.quotabank.pool.finding;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
