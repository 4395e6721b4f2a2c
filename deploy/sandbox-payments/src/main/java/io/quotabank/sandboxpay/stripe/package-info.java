/** Stripe's protocol, as far as Checkout needs it. */
@NullMarked
package io.quotabank.sandboxpay.stripe;

import org.jspecify.annotations.NullMarked;
