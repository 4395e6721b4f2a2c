/** The list of models, in one form that all known clients can read, and in the two that some of them insist on. */
@NullMarked
@ApplicationModule(allowedDependencies = {"catalog", "routing"})
package io.quotabank.proxy.models;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
