/** The price tables in force: models, list prices and mark-ups, followed from the catalogue's topic. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.proxy.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
