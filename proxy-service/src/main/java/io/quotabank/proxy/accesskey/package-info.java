/** Access keys: what a person's programs sign in with; shown once, kept as a hash, revoked everywhere by an event. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.accesskey;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
