/** Many rows in one statement: columns as arrays or binary COPY, and the range that a set of ids spans. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.batch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
