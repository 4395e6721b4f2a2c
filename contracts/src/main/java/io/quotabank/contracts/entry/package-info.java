/** Entries of the ledger's books. */
@NullMarked
package io.quotabank.contracts.entry;

import org.jspecify.annotations.NullMarked;
