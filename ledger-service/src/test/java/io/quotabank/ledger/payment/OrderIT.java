package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderIT {

    private static final Shop SHOP = Shop.shared();
    private static final String STRIPE_100 = "{\"amount\":100,\"payment_method\":\"stripe\"";

    private final UUID buyer = UUID.randomUUID();

    @Test
    void thePackagesAreOfferedByPriceWithTheirBonus() {
        var packages = SHOP.ledger()
                .call("GET", "/api/credits/packages", TestIdentity.user(buyer), "")
                .body()
                .get("packages");
        assertThat(packages.valueStream()
                        .map(one -> one.get("amount") + " " + one.get("credits") + " " + one.get("bonus") + " "
                                + one.get("is_active"))
                        .toList())
                .contains("1000 100 0 true", "5000 550 50 true", "10000 1200 200 true", "50000 6500 1500 true");
    }

    @Test
    void anOrderKeepsTheTermsItWasOpenedWith() {
        try (var shop = Shop.open(Map.of())) {
            var order = shop.order(buyer, "stripe");
            var path = "/api/credits/packages/01990000-0000-7000-8000-000000010000";
            var changed = "{\"name\":\"x\",\"amount\":10000,\"credits\":900}";
            var ledger = shop.ledger();
            assertThat(ledger.call("PUT", path, TestIdentity.user(buyer), changed)
                            .status())
                    .isEqualTo(403);
            assertThat(ledger.call("PUT", path, Shop.admin(), changed).status()).isEqualTo(200);
            assertThat(ledger.call("PUT", path, Shop.admin(), changed.replace("10000", "5000"))
                            .status())
                    .isEqualTo(409);

            shop.pay(order);
            assertThat(shop.credits(buyer)).isEqualTo(1_200);
            shop.pay(shop.order(buyer, "stripe"));
            assertThat(shop.credits(buyer)).isEqualTo(2_100);
            assertThat(ledger.call("PUT", path, Shop.admin(), changed.replace("}", ",\"is_active\":false}"))
                            .status())
                    .isEqualTo(200);
            assertThat(shop.buy(buyer, STRIPE_100 + "}").status()).isEqualTo(422);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"amount\":99,\"payment_method\":\"stripe\"}; 422; package_not_offered",
                "{\"amount\":100,\"credits\":1201,\"payment_method\":\"stripe\"}; 422; package_not_offered",
                "{\"package_id\":\"01990000-0000-7000-8000-000000000001\",\"payment_method\":\"stripe\"}; 422; package_not_offered",
                "{\"amount\":100,\"payment_method\":\"manual\"}; 400; malformed_request",
                "{\"amount\":100}; 400; malformed_request",
                "{\"payment_method\":\"stripe\"}; 400; malformed_request",
                "{\"amount\":100.001,\"payment_method\":\"stripe\"}; 400; malformed_request",
                "{\"amount\":100,\"payment_method\":\"stripe\",\"order_id\":\"\"}; 400; malformed_request",
            })
    void whatCanNotBeBoughtIsRefused(String body, int status, String code) {
        var refused = SHOP.buy(buyer, body);
        assertThat(refused.status()).as(refused.raw().body()).isEqualTo(status);
        assertThat(refused.body().get("code").asString()).isEqualTo(code);
        assertThat(SHOP.ledger().number("SELECT count(*) FROM payment_order WHERE person = ?", buyer))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"微信支付", "支付宝"})
    void aMethodMayBeCalledByTheNameThatPeopleUse(String method) {
        var answer = SHOP.buy(buyer, "{\"amount\":10,\"payment_method\":\"" + method + "\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("credits").toString()).isEqualTo("100");
    }

    @Test
    void theSameOrderIdOpensOneOrderAndOtherWishesAreRefused() throws Exception {
        var body = STRIPE_100 + ",\"order_id\":\"mine-1\"}";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 8)
                    .<Callable<Ledger.Response>>mapToObj(i -> () -> SHOP.buy(buyer, body))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                assertThat(call.get().status()).isIn(200, 409);
            }
        }
        var first = SHOP.buy(buyer, body);
        assertThat(first.status()).isEqualTo(200);
        assertThat(SHOP.buy(buyer, body).body()).isEqualTo(first.body());
        assertThat(SHOP.buy(buyer, body.replace("stripe", "alipay")).status()).isEqualTo(422);
        assertThat(SHOP.buy(buyer, STRIPE_100 + "}", "Idempotency-Key", "mine-1")
                        .body()
                        .get("order"))
                .isNotEqualTo(first.body().get("order"));
        assertThat(SHOP.ledger().number("SELECT count(*) FROM payment_order WHERE person = ?", buyer))
                .isEqualTo(2);
        var seen = SHOP.ledger()
                .call(
                        "GET",
                        "/api/payment/orders/" + first.body().get("order").asString(),
                        TestIdentity.user(buyer),
                        "");
        assertThat(seen.body().get("order_id").asString()).isEqualTo("mine-1");
    }

    @Test
    void aKeyStandsForTheOrderItCameWithFirst() {
        var body = STRIPE_100 + ",\"order_id\":\"a\"}";
        var first = SHOP.buy(buyer, body, "Idempotency-Key", "k");
        assertThat(first.status()).isEqualTo(200);

        for (var other : List.of(body.replace("\"a\"", "\"b\""), STRIPE_100 + "}", body.replace("stripe", "wechat"))) {
            var refused = SHOP.buy(buyer, other, "Idempotency-Key", "k");
            assertThat(refused.status()).as(other).isEqualTo(422);
            assertThat(refused.body().get("code").asString()).isEqualTo("idempotency_key_reused");
        }
        assertThat(SHOP.buy(buyer, body, "Idempotency-Key", "k").body()).isEqualTo(first.body());
        assertThat(SHOP.buy(buyer, body, "Idempotency-Key", "k2").body()).isEqualTo(first.body());
        assertThat(SHOP.ledger().number("SELECT count(*) FROM payment_order WHERE person = ?", buyer))
                .isEqualTo(1);
    }

    @Test
    void ordersAreListedNewestFirstForTheirBuyerAndThoseWhoLookAfterThem() {
        var orders = List.of(SHOP.order(buyer, "stripe"), SHOP.order(buyer, "wechat"), SHOP.order(buyer, "stripe"));
        var page = SHOP.ledger()
                .call("GET", "/api/payment/orders?limit=2", TestIdentity.user(buyer), "")
                .body();
        assertThat(page.get("orders").valueStream().map(one -> one.get("id").asString()))
                .containsExactly(
                        orders.get(2).id().toString(), orders.get(1).id().toString());
        var rest = SHOP.ledger()
                .call(
                        "GET",
                        "/api/payment/orders?limit=2&cursor=" + page.get("next").asString(),
                        TestIdentity.user(buyer),
                        "")
                .body();
        assertThat(rest.get("orders").size()).isEqualTo(1);
        assertThat(rest.get("next").isNull()).isTrue();
        var path = "/api/payment/orders/" + orders.getFirst().id();
        var stranger = TestIdentity.user(UUID.randomUUID());
        assertThat(SHOP.ledger().call("GET", path, stranger, "").status()).isEqualTo(404);
        assertThat(SHOP.ledger().call("GET", path, Shop.admin(), "").status()).isEqualTo(200);
        assertThat(SHOP.ledger()
                        .call("GET", "/api/payment/orders?user_id=" + buyer, stranger, "")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void soManyMayWaitForPaymentAndNoMore() {
        for (int i = 0; i < 20; i++) {
            assertThat(SHOP.buy(buyer, STRIPE_100 + "}").status()).isEqualTo(200);
        }
        var refused = SHOP.buy(buyer, STRIPE_100 + "}");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body().get("code").asString()).isEqualTo("too_many_unpaid_orders");
    }

    @Test
    void aProviderThatIsAwayIsToldAndTheOrderIsKept() {
        try (var shop = Shop.open(Map.of())) {
            var body = STRIPE_100 + ",\"order_id\":\"later\"}";
            shop.providersAway();
            var away = shop.buy(buyer, body);
            assertThat(away.status()).isEqualTo(503);
            assertThat(away.raw().headers().firstValue("Retry-After")).isPresent();
            assertThat(shop.ledger().number("SELECT count(*) FROM payment_order WHERE state = 'opening'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void nobodyButTheGatewayReachesTheCallbacks() {
        var path = "/api/payment/callback/stripe";
        assertThat(SHOP.ledger().call("POST", path, null, "{}").status()).isEqualTo(401);
        assertThat(SHOP.ledger()
                        .call("POST", path, TestIdentity.user(buyer), "{}")
                        .status())
                .isEqualTo(404);
        assertThat(SHOP.ledger()
                        .call("POST", path, TestIdentity.service("gateway-service"), "{}")
                        .status())
                .isEqualTo(400);
        assertThat(Ledger.shared()
                        .call("POST", path, TestIdentity.service("gateway-service"), "{}")
                        .status())
                .as("without settings")
                .isEqualTo(404);
    }
}
