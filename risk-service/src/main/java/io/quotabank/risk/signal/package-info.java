/** Hears of every closed request once, and lets the rules judge what its calls tell. */
@NullMarked
@ApplicationModule(allowedDependencies = {"burst", "failure", "finding", "key"})
package io.quotabank.risk.signal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
