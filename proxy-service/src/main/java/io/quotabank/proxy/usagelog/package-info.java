/** The log of a person's requests: what each cost and how it went; a role of its own that follows {@code usage.v1}. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.usagelog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
