/** A small HTTP server: requests read whole, answers sent at once. */
@NullMarked
package io.quotabank.sandboxpay.http;

import org.jspecify.annotations.NullMarked;
