/** Routing: which deposited key carries a call, and what each call's end says about its key and host. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog"})
package io.quotabank.proxy.routing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
