/** The record on disk of what requests did, sent to {@code usage.v1} and replayed after a crash. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.journal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
