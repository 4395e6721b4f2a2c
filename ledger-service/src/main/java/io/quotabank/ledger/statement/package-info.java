/** Statements: what an account's entries of a period add up to, by category, and as a document. */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "credit"})
package io.quotabank.ledger.statement;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
