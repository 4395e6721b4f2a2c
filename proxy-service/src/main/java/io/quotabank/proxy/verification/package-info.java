/** Verification: proves a deposited key by real calls before anyone is served with it. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "custody", "upstream", "metering", "routing"})
package io.quotabank.proxy.verification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
