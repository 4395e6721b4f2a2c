/** Bursts of errors: where many keys of one host fail at once, and none of them is to blame. */
@NullMarked
@ApplicationModule(allowedDependencies = {"finding"})
package io.quotabank.risk.burst;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
