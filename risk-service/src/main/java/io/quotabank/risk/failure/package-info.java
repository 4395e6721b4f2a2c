/** The rules by which a key's own calls speak against it. */
@NullMarked
@ApplicationModule(allowedDependencies = {"finding"})
package io.quotabank.risk.failure;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
