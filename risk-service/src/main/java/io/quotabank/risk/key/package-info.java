/** Whose the keys are, where they are used and whether they serve, as pool-service tells. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.risk.key;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
