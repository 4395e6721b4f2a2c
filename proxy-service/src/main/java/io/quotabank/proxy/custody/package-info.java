/** Custody: opens sealed keys of depositors, for as long as a call needs them. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.custody;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
