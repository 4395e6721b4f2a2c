package io.quotabank.ledger.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GrantsIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final UUID person = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    @Tag("long")
    void ofManyFirstSightsAtOnceInTwoProcessesOneGives() throws Exception {
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var grants = List.of(LEDGER.bean(Grants.class), other.bean(Grants.class));
            var calls = IntStream.range(0, 60)
                    .<Callable<Object>>mapToObj(i -> () -> grants.get(i % 2).welcome(person))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                call.get();
            }
        }
        assertThat(new People(LEDGER).posted(person)).isEqualTo(People.SIGN_UP);
        assertThat(LEDGER.number("SELECT count(*) FROM credit_grant WHERE key = ?", "signup:" + person))
                .isEqualTo(1);
    }

    @Test
    void theGrantTellsItsOriginPriorityAndExpiry() {
        LEDGER.bean(Grants.class).welcome(person);
        var row = LEDGER.jdbc().queryForMap("SELECT * FROM credit_grant WHERE key = ?", "signup:" + person);
        assertThat(row)
                .containsEntry("origin", "signup")
                .containsEntry("amount", People.SIGN_UP)
                .containsEntry("gone", 0L)
                .containsEntry("priority", 10);
        assertThat(LEDGER.number("SELECT count(*) FROM transfer WHERE id = ?", row.get("transfer")))
                .isEqualTo(1);
        var expires = ((Timestamp) row.get("expires_at")).toInstant();
        assertThat(expires)
                .isBetween(
                        Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(91)));
    }

    @Test
    void aVerifiedPhoneBringsTheSignUpToAThousandOnce() {
        var path = "/api/credits/balance/" + person;
        assertThat(credits(path, TestIdentity.user(person))).isEqualTo("520");
        var verified = TestIdentity.token(
                new Caller(person.toString(), Set.of("user"), null, List.of(), "ann", null, null, true));
        assertThat(credits(path, verified)).isEqualTo("1000");
        assertThat(credits(path, verified)).isEqualTo("1000");
    }

    @Test
    @Tag("long")
    void aVerifiedPhoneBringsItOnceThoughAnotherProcessIsAsked() {
        var path = "/api/credits/balance/" + person;
        var verified = TestIdentity.token(
                new Caller(person.toString(), Set.of("user"), null, List.of(), "ann", null, null, true));
        assertThat(credits(path, verified)).isEqualTo("1000");
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"))) {
            assertThat(other.call("GET", path, verified, "")
                            .body()
                            .get("credits")
                            .toString())
                    .isEqualTo("1000");
        }
    }

    @Test
    void theBalanceTellsWhatExpiresAndNothingOfGiftsThatStay() {
        var account = LEDGER.bean(Grants.class).welcome(person);
        give(account, 30, Instant.now().plusSeconds(3_600), Origin.GIFT);
        give(account, 40, null, Origin.GIFT);
        var body = LEDGER.call("GET", "/api/credits/balance/" + person, TestIdentity.user(person), "")
                .body();
        assertThat(body.get("credits").toString()).isEqualTo("590");
        assertThat(body.get("expiring").size()).isEqualTo(2);
        assertThat(body.at("/expiring/0/amount").toString()).isEqualTo("30");
        assertThat(body.at("/expiring/1/amount").toString()).isEqualTo("520");
    }

    @Test
    void anAdministratorGivesWithAReasonThatThePersonReads() {
        People.signUp(LEDGER, person);
        var admin = TestIdentity.user(UUID.randomUUID(), "admin");
        var body = """
                {"user_id":"%s","credits":12.5,"reason":"for the delay","expires_at":%d}""".formatted(person, Instant.now().plusSeconds(3_600).toEpochMilli());
        var key = UUID.randomUUID().toString();
        var first = LEDGER.call("POST", "/api/credits/gifts", admin, body, "Idempotency-Key", key);
        assertThat(first.status()).as(first.raw().body()).isEqualTo(200);
        assertThat(first.body().get("credits").toString()).isEqualTo("532.5");
        assertThat(LEDGER.call("POST", "/api/credits/gifts", admin, body, "Idempotency-Key", key)
                        .body())
                .isEqualTo(first.body());
        var other = body.replace("12.5", "13");
        assertThat(LEDGER.call("POST", "/api/credits/gifts", admin, other, "Idempotency-Key", key)
                        .status())
                .isEqualTo(422);
        var history = LEDGER.call(
                        "GET", "/api/credits/history/" + person, TestIdentity.user(person), "", "Accept-Language", "en")
                .body();
        assertThat(history.at("/history/0/description").asString()).isEqualTo("Gift · for the delay");
        assertThat(history.at("/history/1/description").asString()).isEqualTo("Sign-up credits");
    }

    @Test
    void giftsThatAreNoneAreRefused() {
        var admin = TestIdentity.user(UUID.randomUUID(), "admin");
        var good = """
                {"user_id":"%s","credits":1,"reason":"x"}""".formatted(person);
        for (var token : List.of(TestIdentity.user(person), TestIdentity.service("pool-service"))) {
            assertThat(LEDGER.call("POST", "/api/credits/gifts", token, good).status())
                    .isEqualTo(403);
        }
        for (var bad : List.of(
                good.replace("\"x\"", "\" \""),
                good.replace("\"x\"", "null"),
                good.replace(":1,", ":0,"),
                good.replace(":1,", ":-1,"),
                good.replace(":1,", ":1000001,"),
                good.replace("\"x\"", "\"x\",\"expires_at\":1000"),
                "{}")) {
            assertThat(LEDGER.call("POST", "/api/credits/gifts", admin, bad).status())
                    .as(bad)
                    .isEqualTo(400);
        }
        assertThat(LEDGER.number("SELECT count(*) FROM credit_grant WHERE actor IS NOT NULL AND account ="
                        + " (SELECT id FROM account WHERE code = 'user:" + person + "')"))
                .isZero();
    }

    private String credits(String path, String token) {
        return LEDGER.call("GET", path, token, "").body().get("credits").toString();
    }

    private static void give(AccountId account, long credits, Instant expires, Origin origin) {
        var gift = new Gift(UUID.randomUUID().toString(), origin, Credits.of(credits), expires, "a reason", "a test");
        assertThat(LEDGER.bean(Grants.class).give(account, gift)).isPresent();
    }
}
