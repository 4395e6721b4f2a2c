/** The ledger under test, and tests of the whole of it. */
@NullMarked
package io.quotabank.ledger;

import org.jspecify.annotations.NullMarked;
