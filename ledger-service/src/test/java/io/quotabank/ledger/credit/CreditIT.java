package io.quotabank.ledger.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CreditIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "user", "admin");

    private final UUID user = UUID.randomUUID();

    @BeforeEach
    void signsUp() {
        People.signUp(LEDGER, user);
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void aPersonSeesTheirBalanceWithWhatIsHeldAndWhatExpires() {
        new People(LEDGER).lease(user, 1_500_000, 1_500_000);
        var token = TestIdentity.token(
                new Caller(user.toString(), Set.of("user"), null, List.of(), "ann", "ann@example.org"));
        var body = LEDGER.call("GET", "/api/credits/balance/" + user, token, "").body();
        assertThat(body.get("success").asBoolean()).isTrue();
        assertThat(body.get("user_id").asString()).isEqualTo(user.toString());
        assertThat(body.get("credits").toString()).isEqualTo("520");
        assertThat(body.get("held").toString()).isEqualTo("1.5");
        assertThat(body.get("username").asString()).isEqualTo("ann");
        assertThat(body.get("email").asString()).isEqualTo("ann@example.org");
        assertThat(body.at("/expiring/0/amount").toString()).isEqualTo("520");
        assertThat(body.at("/expiring/0/at").asLong()).isGreaterThan(System.currentTimeMillis());
    }

    @Test
    void whoNamesNobodyIsToldTheirOwn() {
        var others = UUID.randomUUID();
        People.signUp(LEDGER, others);
        recharge(user, "10", null, "en");
        for (var token : List.of(TestIdentity.user(user), TestIdentity.user(user, "user", "admin"))) {
            for (var what : List.of("balance", "history", "stats")) {
                var path = "/api/credits/" + what;
                assertThat(LEDGER.call("GET", path, token, "").body())
                        .as(what)
                        .isEqualTo(
                                LEDGER.call("GET", path + "/" + user, token, "").body());
            }
            var statement = LEDGER.call("GET", "/api/credits/statement?format=csv", token, "");
            assertThat(statement.raw().body()).contains("\"530\"");
        }
        assertThat(LEDGER.call("GET", "/api/credits/balance", TestIdentity.user(others), "")
                        .body()
                        .get("credits")
                        .toString())
                .isEqualTo("520");
        assertThat(status("GET", "/api/credits/balance", null)).isEqualTo(401);
        assertThat(status("DELETE", "/api/credits/history", ADMIN)).isEqualTo(405);
    }

    @Test
    void anothersCreditsAreNotFoundExceptByThoseWhoLookAfterThem() {
        recharge(user, "10", null, "en");
        for (var path : List.of("/api/credits/balance/", "/api/credits/history/")) {
            assertThat(status("GET", path + user, TestIdentity.user(UUID.randomUUID())))
                    .isEqualTo(404);
            assertThat(status("GET", path + user, ADMIN)).isEqualTo(200);
            assertThat(status("GET", path + user, TestIdentity.user(UUID.randomUUID(), "auditor")))
                    .isEqualTo(200);
            assertThat(status("GET", path + user, TestIdentity.service("pool-service")))
                    .isEqualTo(200);
            assertThat(status("GET", path + UUID.randomUUID(), ADMIN)).isEqualTo(404);
            assertThat(status("GET", path + user, null)).isEqualTo(401);
        }
    }

    @Test
    void anAdministratorsRechargeBooksAtOnceAndSaysSoInTheCallersLanguage() {
        var zh = recharge(user, "1000", null, "");
        assertThat(zh.status()).isEqualTo(200);
        assertThat(zh.body().get("message").asString()).isEqualTo("充值成功，获得 1000 积分，当前余额 1520 积分");
        assertThat(zh.body().get("credits").toString()).isEqualTo("1520");
        assertThat(zh.body().get("recharged").toString()).isEqualTo("1000");
        assertThat(zh.body().get("amount").toString()).isEqualTo("100");
        var en = recharge(user, "0.5", null, "en-GB,en;q=0.9");
        assertThat(en.body().get("message").asString())
                .isEqualTo("Recharged: 0.5 credits added, the balance is 1520.5 credits");
    }

    @Test
    void anOrderBooksOnceAndAnotherBodyIsRefused() {
        var order = "order-" + user;
        var first = recharge(user, "100", order, "en");
        var again = recharge(user, "100", order, "en");
        assertThat(again.body()).isEqualTo(first.body());
        var other = recharge(user, "101", order, "en");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body().get("code").asString()).isEqualTo("idempotency_key_reused");
        assertThat(new People(LEDGER).posted(user)).isEqualTo(620_000_000);
    }

    @Test
    void aKeyBooksOnceAndAnotherBodyIsRefused() {
        var key = "key-" + user;
        var first = keyed(user, "100", key);
        assertThat(keyed(user, "100", key).body()).isEqualTo(first.body());
        assertThat(keyed(user, "101", key).status()).isEqualTo(422);
        assertThat(new People(LEDGER).posted(user)).isEqualTo(620_000_000);
    }

    @Test
    void ofTheSameOrderAtOnceOneBooksAndTheOthersHearSoOrThatItIsInFlight() throws Exception {
        var order = "order-" + user;
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 20)
                    .<Callable<Response>>mapToObj(i -> () -> recharge(user, "100", order, "en"))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                statuses.add(call.get().status());
            }
        }
        assertThat(statuses).contains(200).isSubsetOf(200, 409);
        assertThat(new People(LEDGER).posted(user)).isEqualTo(620_000_000);
    }

    @Test
    void aPersonCanNotBookARecharge() {
        var body = body(user, "1000", null);
        var token = TestIdentity.user(user);
        var noProviderHere = LEDGER.call("POST", "/api/credits/recharge", token, body);
        assertThat(noProviderHere.status()).isEqualTo(422);
        assertThat(noProviderHere.body().get("code").asString()).isEqualTo("payment_method_not_offered");
        var forAnother = body(UUID.randomUUID(), "1000", null);
        assertThat(LEDGER.call("POST", "/api/credits/recharge", token, forAnother)
                        .status())
                .isEqualTo(403);
        assertThat(LEDGER.number(
                        "SELECT count(*) FROM recharge r JOIN account a ON a.id = r.account WHERE person = ?", user))
                .isZero();
        assertThat(LEDGER.call("POST", "/api/credits/recharge", TestIdentity.service("pool-service"), body)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void malformedRechargesAreRefusedAndBookNothing() {
        for (var body : List.of(
                body(user, "0", null),
                body(user, "-5", null),
                body(user, "0.0000001", null),
                body(user, "1e30", null),
                body(user, "\"NaN\"", null),
                body(user, "1", null).replace("wechat", "gold"),
                body(user, "1", null).replace("100.00", "1.005"),
                body(user, "1", null).replace("100.00", "-1"),
                body(user, "1", null).replace("100.00", "1e300"),
                body(user, "1", "a\\u0000b"),
                body(user, "1", "x".repeat(129)),
                "{}",
                "{\"user_id\":\"me\"}")) {
            assertThat(LEDGER.call("POST", "/api/credits/recharge", ADMIN, body).status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(LEDGER.number(
                        "SELECT count(*) FROM recharge r JOIN account a ON a.id = r.account WHERE person = ?", user))
                .isZero();
    }

    @Test
    void historyIsNewestFirstInPagesThatMissNothing() {
        for (int i = 1; i <= 7; i++) {
            recharge(user, Integer.toString(i), null, "en");
        }
        var token = TestIdentity.user(user);
        var amounts = new ArrayList<String>();
        var balances = new ArrayList<String>();
        var cursor = "";
        do {
            var page = LEDGER.call(
                            "GET",
                            "/api/credits/history/" + user + "?limit=3" + cursor,
                            token,
                            "",
                            "Accept-Language",
                            "en")
                    .body();
            page.get("history").forEach(entry -> {
                amounts.add(entry.get("amount").toString());
                balances.add(entry.get("balanceAfter").toString());
                assertThat(entry.get("id").isString()).isTrue();
                assertThat(entry.get("createdAt").isIntegralNumber()).isTrue();
            });
            cursor = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asString();
        } while (!cursor.isEmpty());
        assertThat(amounts).containsExactly("7", "6", "5", "4", "3", "2", "1", "520");
        assertThat(balances).containsExactly("548", "541", "535", "530", "526", "523", "521", "520");
    }

    @Test
    void pagesHaveBounds() {
        var token = TestIdentity.user(user);
        for (var query : List.of("?limit=0", "?limit=101", "?limit=x", "?cursor=x")) {
            assertThat(status("GET", "/api/credits/history/" + user + query, token))
                    .as(query)
                    .isEqualTo(400);
        }
        assertThat(status("GET", "/api/credits/history/" + user + "?limit=100", token))
                .isEqualTo(200);
    }

    @Test
    void entriesCanNotBeDeleted() {
        var refused = LEDGER.call("DELETE", "/api/credits/history/" + UUID.randomUUID(), ADMIN, "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().get("code").asString()).isEqualTo("history_immutable");
    }

    private static Response recharge(UUID user, String credits, String order, String language) {
        return LEDGER.call(
                "POST", "/api/credits/recharge", ADMIN, body(user, credits, order), "Accept-Language", language);
    }

    private static Response keyed(UUID user, String credits, String key) {
        return LEDGER.call("POST", "/api/credits/recharge", ADMIN, body(user, credits, null), "Idempotency-Key", key);
    }

    private static String body(UUID user, String credits, String order) {
        return """
                {"user_id":"%s","amount":100.00,"credits":%s,"payment_method":"wechat","order_id":%s}""".formatted(user, credits, order == null ? "null" : "\"" + order + "\"");
    }

    private static int status(String method, String path, String token) {
        return LEDGER.call(method, path, token, "").status();
    }
}
