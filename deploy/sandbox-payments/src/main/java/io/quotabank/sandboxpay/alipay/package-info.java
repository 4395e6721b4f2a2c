/** Alipay's protocol, as far as page payments need it. */
@NullMarked
package io.quotabank.sandboxpay.alipay;

import org.jspecify.annotations.NullMarked;
