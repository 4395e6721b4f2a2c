package io.quotabank.ledger.paymentprovider;

import io.quotabank.ledger.paymentprovider.PaymentProvider.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Merchants' settings. Secrets and keys are files, mounted for this process alone. A provider without its part is not
 * offered.
 *
 * @param publicUrl where providers reach the gateway from outside, such as {@code https://bank.example}
 * @param returnUrl where a payer's browser goes after paying
 */
@Validated
@ConfigurationProperties("quotabank.payment-provider")
record PaymentProviderProperties(
        @DefaultValue("http://127.0.0.1:8000") URI publicUrl,
        @DefaultValue("http://127.0.0.1:8000/") URI returnUrl,
        @Nullable Stripe stripe,
        @Nullable Wechat wechat,
        @Nullable Alipay alipay) {

    /**
     * @param apiKeyFile the secret key ({@code sk_live_}, {@code sk_test_} or restricted)
     * @param webhookSecretFile of the endpoint that calls back ({@code whsec_})
     */
    record Stripe(@DefaultValue("https://api.stripe.com") URI apiBase, Path apiKeyFile, Path webhookSecretFile) {

        String apiKey() {
            return secret(apiKeyFile);
        }

        String webhookSecret() {
            return secret(webhookSecretFile);
        }
    }

    /**
     * @param merchantSerial serial number of the merchant's own certificate
     * @param merchantKeyFile the merchant's private key, PEM
     * @param publicKeyId WeChat Pay's public key for this merchant ({@code PUB_KEY_ID_...})
     * @param publicKeyFile the same, PEM
     * @param apiV3KeyFile the 32 characters that notifications are encrypted with
     */
    record Wechat(
            @DefaultValue("https://api.mch.weixin.qq.com") URI apiBase,
            String merchantId,
            String appId,
            String merchantSerial,
            Path merchantKeyFile,
            String publicKeyId,
            Path publicKeyFile,
            Path apiV3KeyFile) {}

    /**
     * @param sellerId the merchant's number (2088...)
     * @param appKeyFile the application's private key, PKCS #8, PEM
     * @param alipayKeyFile Alipay's public key for this application, PEM
     */
    record Alipay(
            @DefaultValue("https://openapi.alipay.com/gateway.do")
            URI gateway,

            String appId,
            String sellerId,
            Path appKeyFile,
            Path alipayKeyFile) {}

    String callback(Name provider) {
        var base = publicUrl.toString();
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base)
                + "/api/payment/callback/"
                + provider.wire();
    }

    /** A file's text without what surrounds it; an empty one stops the start. */
    static String secret(Path file) {
        try {
            var text = Files.readString(file).strip();
            if (text.isEmpty()) {
                throw new IllegalStateException(file + " is empty");
            }
            return text;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
