/** Bodies of requests: what pricing, routing and spending read of them, and the fewest edits that they are sent on with. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "metering"})
package io.quotabank.proxy.body;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
