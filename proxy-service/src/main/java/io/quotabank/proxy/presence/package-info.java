/** Whether the client of a running request is still there, known while nothing is read from it or written to it. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.presence;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
