/** Makes platform keys of the provider keys in the platform's own environment. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "custody", "key", "upstream", "verification"})
package io.quotabank.pool.platformkey;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
