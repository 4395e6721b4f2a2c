/** Carries a request to a proxy-service and its answer back, byte by byte, on the event loop of the client's connection. */
@NullMarked
@ApplicationModule(allowedDependencies = {"identity", "refusal"})
package io.quotabank.gateway.relay;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
