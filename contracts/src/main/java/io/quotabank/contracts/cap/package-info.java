/** Spending caps of access keys: what was spent under them. */
@NullMarked
package io.quotabank.contracts.cap;

import org.jspecify.annotations.NullMarked;
