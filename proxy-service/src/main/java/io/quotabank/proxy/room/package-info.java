/** How much of the heap all requests under way may hold together: what would not fit is refused, not died of. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.room;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
