package io.quotabank.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.Backend;
import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiIT {

    private static final TestGateway GATEWAY = new TestGateway(Map.of(
            "quotabank.gateway.api.cors-origins", "https://console.example",
            "quotabank.gateway.api.time-limit", "1s"));
    private static final UUID USER = UUID.randomUUID();
    private static final String PERSON = "Bearer " + GATEWAY.realm.token(USER);
    private static final String KEY = "Bearer " + GATEWAY.accessKey(USER);

    @AfterAll
    static void close() {
        GATEWAY.close();
    }

    private static Backend backend(String name) {
        return switch (name) {
            case "proxy" -> GATEWAY.proxy;
            case "pool" -> GATEWAY.pool;
            case "ledger" -> GATEWAY.ledger;
            case "risk" -> GATEWAY.risk;
            default -> GATEWAY.usageLog;
        };
    }

    /** The signature is over these bytes: not one may change. */
    @ParameterizedTest
    @ValueSource(strings = {"wechat", "alipay", "stripe"})
    void letsPaymentProvidersNotifyWithoutATokenAndPassesTheirBytesOn(String provider) throws Exception {
        var path = "/api/payment/callback/" + provider;
        GATEWAY.ledger.on(path, (request, wire) -> wire.answer(200, "text/plain", "success"));
        var body = "a=%E7%A7%AF+x&b= {\"n\" : 1.50}\r\n 支付 ";

        var answer =
                GATEWAY.send("POST", path, body, "Stripe-Signature", "t=1,v1=2", "Authorization", "Bearer of-theirs");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("success");
        var seen = GATEWAY.ledger.received(path).getLast();
        assertThat(seen.text()).isEqualTo(body);
        assertThat(seen.header("stripe-signature")).isEqualTo("t=1,v1=2");
        assertThat(seen.header("authorization")).startsWith("Bearer ").isNotEqualTo("Bearer of-theirs");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/payment/callback/stripe",
        "POST, /api/payment/callback/stripe/",
        "POST, /api/payment/callback/paypal",
        "POST, /api/payment/callback/stripe%2f..%2f..%2forders",
        "POST, /api/payment/callback/stripe;x=1",
        "POST, /api/payment/orders"
    })
    void nothingElseOfPaymentsIsOpenWithoutAToken(String method, String path) throws Exception {
        int before = GATEWAY.ledger.received().size();

        var answer = GATEWAY.send(method, path, method.equals("POST") ? "{}" : null);

        assertThat(answer.statusCode()).isBetween(400, 404);
        assertThat(GATEWAY.ledger.received()).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/access-keys, proxy",
        "DELETE, /api/access-keys/1, proxy",
        "GET, /api/usage, usage-log",
        "POST, /api/pool/deposits, pool",
        "GET, /api/pool/deposits/1, pool",
        "POST, /api/pool/keys/1/pause, pool",
        "GET, /api/catalog/models, pool",
        "GET, /api/credits/balance/1, ledger",
        "GET, /api/credits/history/1, ledger",
        "POST, /api/credits/recharge, ledger",
        "GET, /api/payment/orders, ledger",
        "GET, /api/ledger/reconciliation, ledger",
        "GET, /api/risk/findings, risk"
    })
    void routesEachPathToItsServiceInTheNameOfItsCaller(String method, String path, String service) throws Exception {
        backend(service).on(path, (request, wire) -> wire.answer(202, "application/json", "{\"ok\":true}"));

        var answer = GATEWAY.send(
                method,
                path + "?a=b%20c",
                method.equals("POST") ? "{\"x\":1}" : null,
                "Authorization",
                PERSON,
                "X-Quotabank-User",
                "other",
                "X-Forwarded-For",
                "1.2.3.4",
                "Cookie",
                "a=b",
                "X-Request-Id",
                "request-0001");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("{\"ok\":true}");
        var seen = backend(service).received(path).getLast();
        assertThat(seen.target()).isEqualTo(path + "?a=b%20c");
        assertThat(seen.method()).isEqualTo(method);
        assertThat(seen.text()).isEqualTo(method.equals("POST") ? "{\"x\":1}" : "");
        assertThat(seen.header("x-request-id")).isEqualTo("request-0001");
        assertThat(seen.headers().keySet())
                .doesNotContain("x-quotabank-user", "x-forwarded-for", "x-forwarded-host", "forwarded", "cookie");
        var token = String.valueOf(seen.header("authorization")).substring("Bearer ".length());
        assertThat(TestIdentity.of("ledger-service").verify(token).userId()).isEqualTo(USER);
    }

    @Test
    void tellsBrowsersToTreatAnswersAsDataAndNamesTheRequest() throws Exception {
        GATEWAY.pool.on("/api/catalog/prices", (request, wire) -> wire.json("{}"));

        var headers =
                GATEWAY.get("/api/catalog/prices", "Authorization", PERSON).headers();

        assertThat(headers.firstValue("x-content-type-options")).contains("nosniff");
        assertThat(headers.firstValue("x-frame-options")).contains("DENY");
        assertThat(headers.firstValue("content-security-policy")).isPresent();
        assertThat(headers.firstValue("cache-control")).contains("no-store");
        assertThat(headers.allValues("x-request-id")).hasSize(1);
    }

    /** Services answer with the headers of Spring Security, and with the request's id. */
    @Test
    void saysEachHeaderOnceWhereTheServiceSaysItAsWell() throws Exception {
        GATEWAY.risk.on("/api/risk/findings", (request, wire) -> wire.write("""
                HTTP/1.1 200 OK\r
                X-Request-Id: request-0002\r
                x-content-type-options: nosniff\r
                X-Frame-Options: SAMEORIGIN\r
                Cache-Control: no-cache, no-store, max-age=0, must-revalidate\r
                Vary: Accept-Language\r
                Content-Language: en\r
                Content-Type: application/json\r
                Content-Length: 2\r
                \r
                []"""));

        var answer = GATEWAY.get(
                "/api/risk/findings",
                "Authorization",
                PERSON,
                "X-Request-Id",
                "request-0002",
                "Origin",
                "https://console.example");

        assertThat(answer.statusCode()).isEqualTo(200);
        var headers = answer.headers();
        assertThat(headers.allValues("x-request-id")).containsExactly("request-0002");
        assertThat(headers.allValues("x-content-type-options")).containsExactly("nosniff");
        assertThat(headers.allValues("x-frame-options")).containsExactly("DENY");
        assertThat(headers.allValues("cache-control")).containsExactly("no-store");
        assertThat(headers.allValues("content-type")).containsExactly("application/json");
        assertThat(headers.allValues("content-language")).containsExactly("en");
        assertThat(headers.allValues("vary")).contains("Accept-Language", "Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/usage", "/api/credits/balance/1", "/api/credits/history/1"})
    void letsAnAccessKeyLookAtWhatItCost(String path) throws Exception {
        GATEWAY.usageLog.on(path, (request, wire) -> wire.json("{}"));
        GATEWAY.ledger.on(path, (request, wire) -> wire.json("{}"));

        assertThat(GATEWAY.get(path, "Authorization", KEY).statusCode()).isEqualTo(200);
        assertThat(GATEWAY.post(path, "{}", "Authorization", KEY).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/access-keys",
                "/api/pool/keys",
                "/api/pool/deposits",
                "/api/catalog/models",
                "/api/credits/recharge",
                "/api/credits/balances",
                "/api/ledger/reconciliation",
                "/api/risk/findings",
                "/api/usages"
            })
    void anAccessKeyOpensNothingElse(String path) throws Exception {
        var answer = GATEWAY.get(path, "Authorization", KEY);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"forbidden\"");
    }

    @Test
    void wantsToKnowTheCallerForEverythingButHealthAndTheFrontPage() throws Exception {
        for (var path : new String[] {"/api/pool/keys", "/api/nothing", "/api/"}) {
            var answer = GATEWAY.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.body()).contains("\"code\":\"unauthenticated\"").contains("\"requestId\":\"");
        }
        assertThat(GATEWAY.get("/health").statusCode()).isEqualTo(200);
        assertThat(GATEWAY.get("/").body()).contains("Quotabank").contains("/v1/chat/completions");
    }

    @Test
    void anUnknownPathIsAProblemDocument() throws Exception {
        for (var path : new String[] {"/api/nothing", "/nothing"}) {
            var answer = GATEWAY.get(path, "Authorization", PERSON);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        }
    }

    @Test
    void saysProblemsInTheCallersLanguage() throws Exception {
        var chinese = GATEWAY.get("/api/pool/keys");
        assertThat(chinese.body()).contains("\"title\":\"需要有效的令牌\"").contains("\"detail\":\"缺少凭据");
        var english = GATEWAY.get("/api/nothing", "Authorization", PERSON, "Accept-Language", "en");
        assertThat(english.body())
                .contains("\"title\":\"Not found\"")
                .contains("\"detail\":\"There is nothing at this address.\"");
    }

    @Test
    void passesAServicesOwnProblemsOn() throws Exception {
        GATEWAY.ledger.on(
                "/api/credits/history/9",
                (request, wire) -> wire.answer(404, "application/problem+json", "{\"code\":\"not_found\"}"));

        var answer = GATEWAY.get("/api/credits/history/9", "Authorization", PERSON);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"code\":\"not_found\"}");
    }

    @Test
    void aServiceThatIsAwayOrLateIsAProblemDocument() throws Exception {
        GATEWAY.usageLog.on("/api/usage/slow", (request, wire) -> {
            TimeUnit.SECONDS.sleep(3);
            wire.json("{}");
        });

        var late = GATEWAY.get("/api/usage/slow", "Authorization", PERSON);
        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(late.body()).contains("\"code\":\"gateway_timeout\"");

        GATEWAY.usageLog.away();
        var away = GATEWAY.get("/api/usage", "Authorization", PERSON);
        GATEWAY.usageLog.back();
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("retry-after")).isPresent();
        assertThat(away.body()).contains("\"code\":\"service_unavailable\"");
    }

    @Test
    void aGetGoesToTheNextInstanceWhenOneIsAway() throws Exception {
        var gone = new Backend();
        gone.away();
        var settings = Map.<String, Object>of(TestGateway.instance("pool-service", 1), gone.uri());
        try (var gateway = new TestGateway(settings)) {
            gateway.pool.on("/api/pool/keys", (request, wire) -> wire.json("[]"));
            var person = "Bearer " + gateway.realm.token(USER);

            for (int i = 0; i < 6; i++) {
                assertThat(gateway.get("/api/pool/keys", "Authorization", person)
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void onlyNamedOriginsMayCallFromABrowser() throws Exception {
        assertThat(preflight("https://console.example"))
                .containsEntry("access-control-allow-origin", "https://console.example");
        assertThat(preflight("https://evil.example")).doesNotContainKey("access-control-allow-origin");
    }

    private static Map<String, String> preflight(String origin) throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("OPTIONS /api/pool/keys HTTP/1.1\r\nHost: x\r\nOrigin: " + origin
                    + "\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
            return client.head().headers();
        }
    }
}
