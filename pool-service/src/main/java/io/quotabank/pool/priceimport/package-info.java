/** Imports list prices from a file in the shape of LiteLLM's price list: shown first, put into force when told to. */
@NullMarked
@ApplicationModule(allowedDependencies = "catalog")
package io.quotabank.pool.priceimport;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
