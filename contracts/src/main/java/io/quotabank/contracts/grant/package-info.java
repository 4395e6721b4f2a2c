/** What the ledger tells of given credits on {@code ledger.grants.v1}. */
@NullMarked
package io.quotabank.contracts.grant;

import org.jspecify.annotations.NullMarked;
