/** The routes of {@code /api} to the services behind, and the few pages of the gateway itself. */
@NullMarked
@ApplicationModule(allowedDependencies = {"identity", "refusal"})
package io.quotabank.gateway.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
