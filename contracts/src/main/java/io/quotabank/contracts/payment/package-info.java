/** What became of payments. */
@NullMarked
package io.quotabank.contracts.payment;

import org.jspecify.annotations.NullMarked;
