package io.quotabank.sandboxpay.stripe;

import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Letter.Envelope;
import io.quotabank.sandboxpay.notice.Letter.Forgery;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.trade.Trade;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Events, as the one endpoint of the account gets them. */
public final class StripeEvents {

    private static final Duration LONG_AGO = Duration.ofHours(1);

    private final Keys keys;
    private final Notices notices;
    private final Clock clock;
    private volatile @Nullable URI endpoint;

    StripeEvents(Keys keys, Notices notices, Clock clock) {
        this.keys = keys;
        this.notices = notices;
        this.clock = clock;
    }

    /** Where events go from now on. */
    public void endpoint(URI address) {
        endpoint = address;
    }

    /** @param otherMode says that it is live, as another account's would be */
    long add(Trade trade, String type, ObjectNode subject, boolean otherMode) {
        var event = JsonMapper.shared()
                .createObjectNode()
                .put("id", "evt_" + Keys.chance(24))
                .put("object", "event")
                .put("api_version", "2025-09-30.clover")
                .put("created", clock.instant().getEpochSecond())
                .put("livemode", otherMode)
                .put("pending_webhooks", 1)
                .put("type", type);
        event.putObject("data").set("object", subject);
        var body = event.toString();
        return notices.add(trade.order(), type, (forgery, now) -> write(body, forgery, now));
    }

    private Envelope write(String body, Forgery forgery, Instant now) {
        var to = endpoint;
        if (to == null) {
            throw new IllegalArgumentException("the account has no endpoint yet");
        }
        long signedAt = (forgery == Forgery.OLD ? now.minus(LONG_AGO) : now).getEpochSecond();
        var secret = forgery == Forgery.SIGNATURE ? "whsec_of_somebody_else" : keys.stripeWebhookSecret();
        var header = "t=" + signedAt + ",v1=" + hmac(secret, signedAt + "." + body);
        return new Envelope(
                to,
                Map.of("Content-Type", "application/json; charset=utf-8", "Stripe-Signature", header),
                forgery == Forgery.BODY ? body + " " : body);
    }

    private static String hmac(String secret, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
