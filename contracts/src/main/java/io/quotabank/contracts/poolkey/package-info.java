/** The compacted topic {@code pool.keys.v1}: each deposited key as the router needs it, its secret sealed. */
@NullMarked
package io.quotabank.contracts.poolkey;

import org.jspecify.annotations.NullMarked;
