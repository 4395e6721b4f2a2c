/** Metering: what a provider's answer says it used, and our own count where it says nothing. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.metering;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
