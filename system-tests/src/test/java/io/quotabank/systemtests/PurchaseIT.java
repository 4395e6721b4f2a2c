package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Http.Answer;
import io.quotabank.systemtests.stack.PaymentSandbox;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A person buys credits, and gets those that come with a code, an invitation or a tier. */
class PurchaseIT {

    private static final String CREDITS = STACK.gateway() + "/api/credits";
    private static final String ORDERS = STACK.gateway() + "/api/payment/orders/";
    private static final PaymentSandbox PROVIDERS = new PaymentSandbox(STACK);
    private static final Map<String, Integer> NOT_GENUINE = Map.of("stripe", 400, "wechat", 401, "alipay", 200);

    private final Suite.Buyer person = Suite.buyer("0");

    @ParameterizedTest
    @ValueSource(strings = {"wechat", "alipay", "stripe"})
    void aPackageIsPaidAndSentBackAndNothingForgedOrRepeatedMovesCredits(String provider) {
        var order = order(person, provider, 50);
        creditsAre(person, "520");
        var paid = PROVIDERS.pay(order, Map.of("deliver", false));
        for (var forgery : List.of("signature", "body", "old")) {
            var answer = PROVIDERS.deliver(paid, Map.of("forge", forgery)).path(0);
            assertThat(answer.path("status").asInt()).isEqualTo(NOT_GENUINE.get(provider));
            assertThat(accepted(answer)).as("%s: %s", forgery, answer).isFalse();
        }
        creditsAre(person, "520");

        assertThat(PROVIDERS.deliver(paid, Map.of())).allMatch(PurchaseIT::accepted);
        creditsAre(person, "1070");
        assertThat(PROVIDERS.deliver(paid, Map.of("times", 8, "atOnce", true))).allMatch(PurchaseIT::accepted);
        assertThat(PROVIDERS.deliver(paid, Map.of("replay", true))).allMatch(PurchaseIT::accepted);
        creditsAre(person, "1070");
        assertThat(seen(order).path("status").asString()).isEqualTo("paid");

        assertThat(Http.post(ORDERS + order + "/refunds", person.token(), Map.of())
                        .status())
                .isEqualTo(403);
        var refund = Http.post(ORDERS + order + "/refunds", PEOPLE.token("admin"), Map.of("reason", "asked for it"));
        assertThat(refund.status()).as(refund.body()).isEqualTo(200);
        await().until(() ->
                PROVIDERS.trade(order).path("payments").path(0).path("refunded").asLong() == 5_000);
        creditsAre(person, "520");
        assertThat(seen(order).path("refunded").decimalValue()).isEqualByComparingTo("50");
    }

    @Test
    void whatAnyoneSendsToWhereProvidersNotifyIsRefused() {
        var callback = STACK.gateway() + "/api/payment/callback/";
        var invented = Map.of("id", "evt_1", "type", "checkout.session.completed");
        assertThat(Http.post(callback + "stripe", null, invented, "Stripe-Signature", "t=1,v1=00")
                        .status())
                .isEqualTo(400);
        assertThat(Http.post(callback + "wechat", null, invented).status()).isEqualTo(401);
        assertThat(Http.post(callback + "alipay", null, invented).body()).isEqualTo("failure");
        assertThat(Http.post(callback + "paypal", null, invented).status()).isEqualTo(401);
    }

    @Test
    void packagesAreForThoseWhoSignedInAndTheirPricesAreTheOnesAgreed() {
        assertThat(Http.get(CREDITS + "/packages", null).status()).isEqualTo(401);
        var packages = Http.get(CREDITS + "/packages", person.token()).json().path("packages");
        assertThat(packages)
                .extracting(one ->
                        one.path("amount").asLong() + " fen: " + one.path("credits") + " with " + one.path("bonus"))
                .containsExactly(
                        "1000 fen: 100 with 0",
                        "5000 fen: 550 with 50",
                        "10000 fen: 1200 with 200",
                        "50000 fen: 6500 with 1500");
    }

    @Test
    void theBalanceTellsWhatExpiresAndWhen() {
        var expiring = balance(person).path("expiring");
        assertThat(expiring).hasSize(1);
        assertThat(expiring.path(0).path("amount").decimalValue()).isEqualByComparingTo("520");
        assertThat(Instant.ofEpochMilli(expiring.path(0).path("at").asLong()))
                .isBetween(
                        Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(91)));
    }

    @Test
    void aCodeGivesOnce() {
        var batch = Map.of(
                "count",
                1,
                "credits",
                25,
                "codes_expire_at",
                Instant.now().plus(Duration.ofDays(1)).toEpochMilli(),
                "reason",
                "system test");
        assertThat(Http.post(CREDITS + "/codes", person.token(), batch).status())
                .isEqualTo(403);
        var made = Http.post(CREDITS + "/codes", PEOPLE.token("admin"), batch);
        var code = Map.of("code", made.json().path("codes").path(0).asString());

        var redeemed = Http.post(CREDITS + "/redeem", person.token(), code);
        assertThat(redeemed.status()).as(redeemed.body()).isEqualTo(200);
        assertThat(redeemed.json().path("credits").decimalValue()).isEqualByComparingTo("545");
        for (var token : List.of(person.token(), Suite.buyer("0").token())) {
            assertThat(Http.post(CREDITS + "/redeem", token, code)
                            .json()
                            .path("code")
                            .asString())
                    .isEqualTo("code_refused");
        }
        creditsAre(person, "545");
    }

    @Test
    void anInvitationGivesBothSidesWithTheFirstPurchaseAndGoldGetsAFifthMore() {
        var friend = Suite.buyer("0");
        var code = Http.get(CREDITS + "/invitation", person.token())
                .json()
                .path("code")
                .asString();
        assertThat(Http.post(CREDITS + "/invitation", friend.token(), Map.of("code", code))
                        .status())
                .isEqualTo(200);
        creditsAre(person, "520");
        creditsAre(friend, "520");

        PROVIDERS.pay(order(friend, "wechat", 10), Map.of());
        creditsAre(friend, "720");
        creditsAre(person, "620");

        var tier = CREDITS + "/tiers/" + friend.userId();
        assertThat(Http.put(tier, friend.token(), Map.of("tier", "gold")).status())
                .isEqualTo(403);
        assertThat(Http.put(tier, PEOPLE.token("admin"), Map.of("tier", "gold")).status())
                .isEqualTo(200);
        PROVIDERS.pay(order(friend, "stripe", 50), Map.of());
        creditsAre(friend, "1380");
        creditsAre(person, "620");
    }

    static UUID order(Suite.Buyer buyer, String provider, int yuan) {
        var body = Map.of("amount", yuan, "payment_method", provider);
        Answer opened = Http.post(CREDITS + "/recharge", buyer.token(), body);
        assertThat(opened.status()).as(opened.body()).isEqualTo(200);
        assertThat(opened.json().path("status").asString()).isEqualTo("pending");
        var url = opened.json().path(provider.equals("wechat") ? "code_url" : "pay_url");
        assertThat(url.isString()).as(opened.body()).isTrue();
        if (provider.equals("alipay")) {
            // It learns of an order when its payer's browser comes.
            assertThat(Http.get(url.asString(), null).status()).isEqualTo(200);
        }
        return UUID.fromString(opened.json().path("order").asString());
    }

    private static boolean accepted(JsonNode answer) {
        return answer.path("status").asInt() == 200
                && List.of("{\"received\":true}", "{\"code\":\"SUCCESS\"}", "success")
                        .contains(answer.path("body").asString());
    }

    private JsonNode seen(UUID order) {
        return Http.get(ORDERS + order, person.token()).json();
    }

    private static JsonNode balance(Suite.Buyer of) {
        return Http.get(CREDITS + "/balance/" + of.userId(), of.token()).json();
    }

    private static void creditsAre(Suite.Buyer of, String credits) {
        assertThat(balance(of).path("credits").decimalValue()).isEqualByComparingTo(new BigDecimal(credits));
    }
}
