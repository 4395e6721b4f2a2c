/** What was ordered, paid, refunded and disputed: the truth that a merchant's books are compared with. */
@NullMarked
package io.quotabank.sandboxpay.trade;

import org.jspecify.annotations.NullMarked;
