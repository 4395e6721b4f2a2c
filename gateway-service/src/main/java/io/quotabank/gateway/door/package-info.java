/** Every connection to the gateway: bounds, time-outs, which path goes where, before anything else looks at a request. */
@NullMarked
@ApplicationModule(allowedDependencies = {"refusal", "relay"})
package io.quotabank.gateway.door;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
