package io.quotabank.ledger.credit;

import java.util.Locale;
import java.util.Map;

/** How a recharge was paid, by code or by the name that people use. */
enum PaymentMethod {
    WECHAT,
    ALIPAY,
    STRIPE,
    /** Booked by hand. */
    MANUAL;

    private static final Map<String, PaymentMethod> NAMES = Map.of("微信支付", WECHAT, "支付宝", ALIPAY);

    static PaymentMethod of(String text) {
        var named = NAMES.get(text);
        if (named != null) {
            return named;
        }
        for (var method : values()) {
            if (method.wire().equals(text)) {
                return method;
            }
        }
        throw new IllegalArgumentException("payment_method is wechat, alipay, stripe, manual, 微信支付 or 支付宝");
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
