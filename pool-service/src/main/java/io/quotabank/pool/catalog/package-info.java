/** Which models and providers there are, and what a use costs: price tables by version, mark-ups by tier. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.pool.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
