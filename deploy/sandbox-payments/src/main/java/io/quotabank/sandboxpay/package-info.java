/** The sandbox for payments: arguments in, one listening server for providers and one for control out. */
@NullMarked
package io.quotabank.sandboxpay;

import org.jspecify.annotations.NullMarked;
