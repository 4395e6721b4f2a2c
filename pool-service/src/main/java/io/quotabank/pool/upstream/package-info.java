/** Which addresses a depositor may point the platform at. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.pool.upstream;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
