/** The way out: HTTP to providers, with every address checked when it is connected to. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.upstream;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
