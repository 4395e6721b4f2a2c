/** Seals a provider key the moment it arrives, so that only proxy-service can ever read it. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.pool.custody;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
