/** Notifications: written and signed when they are delivered, as often and as wrongly as is asked. */
@NullMarked
package io.quotabank.sandboxpay.notice;

import org.jspecify.annotations.NullMarked;
