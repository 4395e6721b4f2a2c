/** Partitions: makes the tables of coming months and days. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.partition;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
