/** The ledger: accounts, transfers between them, and holds on them. */
@NullMarked
package io.quotabank.ledger;

import org.jspecify.annotations.NullMarked;
