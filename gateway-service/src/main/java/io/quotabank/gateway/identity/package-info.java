/** Who is calling: access keys and people's tokens, verified without a call to anyone in the normal case. */
@NullMarked
@ApplicationModule(allowedDependencies = {"refusal"})
package io.quotabank.gateway.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
