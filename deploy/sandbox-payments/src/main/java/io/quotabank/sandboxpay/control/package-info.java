/** The control API by which tests pay, refund, dispute, and deliver notifications. */
@NullMarked
package io.quotabank.sandboxpay.control;

import org.jspecify.annotations.NullMarked;
