package io.quotabank.sandboxpay.wechat;

import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Letter.Envelope;
import io.quotabank.sandboxpay.notice.Letter.Forgery;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.trade.Trade;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Notifications whose content is encrypted with the merchant's key, and whose bytes are signed. */
final class WeChatLetters {

    private static final Duration LONG_AGO = Duration.ofHours(1);
    private static final int TAG_BITS = 128;

    private final Keys keys;
    private final Notices notices;

    WeChatLetters(Keys keys, Notices notices) {
        this.keys = keys;
        this.notices = notices;
    }

    /** @param kind {@code transaction} or {@code refund} */
    long add(Trade trade, String type, String kind, ObjectNode content) {
        var nonce = Keys.chance(12);
        var notice = JsonMapper.shared()
                .createObjectNode()
                .put("id", "EV-" + Keys.chance(30))
                .put("create_time", "2026-01-01T00:00:00+08:00")
                .put("event_type", type)
                .put("resource_type", "encrypt-resource")
                .put("summary", kind.equals("refund") ? "退款" : "支付成功");
        notice.putObject("resource")
                .put("original_type", kind)
                .put("algorithm", "AEAD_AES_256_GCM")
                .put("ciphertext", encrypt(content.toString(), nonce, kind))
                .put("associated_data", kind)
                .put("nonce", nonce);
        var body = notice.toString();
        var to = Optional.ofNullable(trade.notifyUrl()).orElseThrow();
        return notices.add(trade.order(), type, (forgery, now) -> write(to, body, forgery, now));
    }

    private Envelope write(URI to, String body, Forgery forgery, Instant now) {
        var timestamp = Long.toString((forgery == Forgery.OLD ? now.minus(LONG_AGO) : now).getEpochSecond());
        var nonce = Keys.chance(32);
        var key = forgery == Forgery.SIGNATURE ? keys.stranger() : keys.wechatPlatform();
        return new Envelope(
                to,
                Map.of(
                        "Content-Type",
                        "application/json",
                        "Wechatpay-Timestamp",
                        timestamp,
                        "Wechatpay-Nonce",
                        nonce,
                        "Wechatpay-Signature",
                        Keys.sign(key, timestamp + "\n" + nonce + "\n" + body + "\n"),
                        "Wechatpay-Signature-Type",
                        "WECHATPAY2-SHA256-RSA2048",
                        "Wechatpay-Serial",
                        Keys.WECHAT_KEY_ID),
                forgery == Forgery.BODY ? body + " " : body);
    }

    private String encrypt(String text, String nonce, String associated) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(keys.wechatApiV3Key().getBytes(StandardCharsets.UTF_8), "AES"),
                    new GCMParameterSpec(TAG_BITS, nonce.getBytes(StandardCharsets.UTF_8)));
            cipher.updateAAD(associated.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(cipher.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException(unusable);
        }
    }
}
