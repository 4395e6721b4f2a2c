/** Text that callers write: of a bounded length, and such as the database can store. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.text;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
