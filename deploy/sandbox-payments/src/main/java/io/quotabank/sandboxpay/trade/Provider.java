package io.quotabank.sandboxpay.trade;

/** Whose protocol a trade was opened by. */
public enum Provider {
    STRIPE,
    WECHAT,
    ALIPAY
}
