/**
 * Many rows in one statement, and many statements in one round trip: columns as arrays or binary COPY, the range that a set
 * of ids spans, and time for statements that read much.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.batch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
