/** The protocol of WeChat Pay API v3, as far as Native payments need it. */
@NullMarked
package io.quotabank.sandboxpay.wechat;

import org.jspecify.annotations.NullMarked;
