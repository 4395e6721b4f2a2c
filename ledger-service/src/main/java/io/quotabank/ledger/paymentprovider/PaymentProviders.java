package io.quotabank.ledger.paymentprovider;

import io.quotabank.ledger.paymentprovider.PaymentProvider.Name;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The providers that this installation has settings for; others are not offered. */
@Component
public class PaymentProviders {

    private final Map<Name, PaymentProvider> offered = new EnumMap<>(Name.class);

    PaymentProviders(PaymentProviderProperties properties, Clock clock) {
        var stripe = properties.stripe();
        if (stripe != null) {
            offered.put(Name.STRIPE, new StripeCheckout(stripe, properties.returnUrl(), clock));
        }
        var wechat = properties.wechat();
        if (wechat != null) {
            offered.put(Name.WECHAT, new WeChatNative(wechat, properties.callback(Name.WECHAT), clock));
        }
        var alipay = properties.alipay();
        if (alipay != null) {
            offered.put(
                    Name.ALIPAY,
                    new AlipayPage(alipay, properties.callback(Name.ALIPAY), properties.returnUrl(), clock));
        }
    }

    public Optional<PaymentProvider> find(Name name) {
        return Optional.ofNullable(offered.get(name));
    }

    public Set<Name> offered() {
        return Set.copyOf(offered.keySet());
    }
}
