package io.quotabank.ledger.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedemptionIT {

    private static final Ledger LEDGER =
            Ledger.with(Map.of("quotabank.redemption.tries-an-hour", "6"), TestClock.InPlaceOfTheSystems.class);
    private static final TestClock CLOCK = TestClock.of(LEDGER);
    private static final People PEOPLE = new People(LEDGER);
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "admin");
    private static final long TWENTY = 20_000_000;

    private final UUID person = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @Test
    void aCodeGivesItsCreditsAsItWasTypedAndWithTheLifeOfItsBatch() {
        var code = make(1, "\"credits_live_days\":30,").getFirst();
        assertThat(code).matches("[0-9A-HJKMNP-TV-Z]{26}");
        var typed = code.toLowerCase(Locale.ROOT)
                .replace('0', 'o')
                .replace('1', 'l')
                .replaceAll("(.{5})", "$1-");
        var redeemed = redeem(person, typed);
        assertThat(redeemed.status()).as(redeemed.raw().body()).isEqualTo(200);
        assertThat(redeemed.body().get("given").toString()).isEqualTo("20");
        assertThat(redeemed.body().get("credits").toString()).isEqualTo("540");
        assertThat(LEDGER.number("SELECT count(*) FROM credit_grant g JOIN account a ON a.id = g.account"
                        + " WHERE person = '" + person + "' AND origin = 'code'"
                        + " AND expires_at = g.created_at + interval '30 days'"))
                .isEqualTo(1);
    }

    @Test
    void nothingInTheDatabaseTellsACode() {
        var code = make(1, "").getFirst();
        redeem(person, code);
        for (var table : List.of("code", "code_batch", "redemption", "credit_grant", "idempotency_key")) {
            assertThat(LEDGER.number("SELECT count(*) FROM " + table + " t WHERE t::text ILIKE '%" + code + "%'"))
                    .as(table)
                    .isZero();
        }
        assertThat(LEDGER.number("SELECT count(*) FROM code WHERE hash = sha256('" + code + "'::bytea)"))
                .isEqualTo(1);
    }

    @Test
    void whateverIsWrongWithACodeTheAnswerIsTheSame() {
        var codes = make(3, "");
        var used = codes.get(0);
        assertThat(redeem(UUID.randomUUID(), used).status()).isEqualTo(200);
        var expired = make(1, "", CLOCK.instant().plusMillis(1).toEpochMilli()).getFirst();
        CLOCK.pass(Duration.ofMillis(1));
        assertThat(redeem(person, codes.get(1)).status()).isEqualTo(200);

        var refusals = new ArrayList<String>();
        for (var bad : List.of(used, expired, codes.get(1), codes.get(2), "nothing like it")) {
            var refused = redeem(person, bad);
            assertThat(refused.status()).isEqualTo(422);
            var body = refused.body();
            refusals.add(body.get("code").asString() + body.get("title").asString() + body.has("detail"));
        }
        assertThat(refusals).containsOnly("code_refused兑换码无法兑换false");
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + TWENTY);

        var often = redeem(person, "a seventh try");
        assertThat(often.status()).isEqualTo(429);
        assertThat(often.raw().headers().firstValue("Retry-After")).contains("3601");
        assertThat(redeem(person, make(1, "").getFirst()).status())
                .as("a good one, too")
                .isEqualTo(429);
        LEDGER.jdbc().update("UPDATE redemption_tries SET since = since - interval '1 hour'");
        assertThat(redeem(person, make(1, "").getFirst()).status()).isEqualTo(200);
    }

    @Test
    void ofManyWhoRedeemOneCodeAtOnceInTwoProcessesOneGetsIt() throws Exception {
        var code = make(1, "").getFirst();
        var people = new ArrayList<UUID>();
        for (int i = 0; i < 20; i++) {
            people.add(UUID.randomUUID());
        }
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"))) {
            var calls = new ArrayList<Callable<Response>>();
            for (int i = 0; i < 20; i++) {
                var ledger = i % 2 == 0 ? LEDGER : other;
                var someone = people.get(i);
                calls.add(() -> redeem(ledger, someone, code));
            }
            var statuses = statuses(calls);
            assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 422);
        }
        assertThat(people.stream().mapToLong(PEOPLE::posted).sum()).isEqualTo(20 * People.SIGN_UP + TWENTY);
    }

    @Test
    void ofAPersonsManyCodesOfABatchAtOnceOneGives() throws Exception {
        var calls = new ArrayList<Callable<Response>>();
        for (var code : make(6, "")) {
            calls.add(() -> redeem(person, code));
        }
        assertThat(statuses(calls)).containsOnlyOnce(200).containsOnly(200, 422);
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + TWENTY);
    }

    @Test
    void aKeyGivesTheFirstAnswerAgainAlsoOnceTheTriesAreUsedUp() {
        var code = make(1, "").getFirst();
        var first = redeemKeyed(code);
        assertThat(first.status()).isEqualTo(200);
        assertThat(redeemKeyed(code).body()).isEqualTo(first.body());
        for (int i = 0; i < 6; i++) {
            redeem(person, "none of ours");
        }
        assertThat(redeem(person, code).status()).isEqualTo(429);

        var again = redeemKeyed(code);

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(redeemKeyed("another one").body().get("code").asString()).isEqualTo("idempotency_key_reused");
        assertThat(PEOPLE.posted(person)).isEqualTo(People.SIGN_UP + TWENTY);
    }

    private Response redeemKeyed(String code) {
        return LEDGER.call(
                "POST",
                "/api/credits/redeem",
                TestIdentity.user(person),
                "{\"code\":\"" + code + "\"}",
                "Idempotency-Key",
                "k" + person);
    }

    @Test
    void codesAreShownOnceAsJsonOrAsCsv() {
        var body = batch(3, "", CLOCK.instant().plusSeconds(3_600).toEpochMilli());
        var csv = LEDGER.call("POST", "/api/credits/codes", ADMIN, body, "Accept", "text/csv");
        assertThat(csv.status()).isEqualTo(200);
        assertThat(csv.raw().body()).matches("code\r\n([0-9A-Z]{26}\r\n){3}");
        assertThat(csv.raw().headers().firstValue("Cache-Control")).contains("no-store");

        var key = UUID.randomUUID().toString();
        assertThat(LEDGER.call("POST", "/api/credits/codes", ADMIN, body, "Idempotency-Key", key)
                        .status())
                .isEqualTo(200);
        var again = LEDGER.call("POST", "/api/credits/codes", ADMIN, body, "Idempotency-Key", key);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().get("code").asString()).isEqualTo("codes_shown_before");
    }

    @Test
    void batchesThatAreNoneAreRefused() {
        long soon = CLOCK.instant().plusSeconds(3_600).toEpochMilli();
        assertThat(LEDGER.call("POST", "/api/credits/codes", TestIdentity.user(person), batch(1, "", soon))
                        .status())
                .isEqualTo(403);
        assertThat(LEDGER.call("POST", "/api/credits/redeem", TestIdentity.service("pool-service"), "{\"code\":\"x\"}")
                        .status())
                .isEqualTo(403);
        for (var bad : List.of(
                batch(0, "", soon),
                batch(10_001, "", soon),
                batch(1, "\"credits_live_days\":0,", soon),
                batch(1, "", 1_000),
                batch(1, "", soon).replace("\"credits\":20", "\"credits\":0"),
                batch(1, "", soon).replace("\"credits\":20", "\"credits\":100001"),
                batch(1, "", soon).replace("a test", " "),
                "{}")) {
            assertThat(LEDGER.call("POST", "/api/credits/codes", ADMIN, bad).status())
                    .as(bad)
                    .isEqualTo(400);
        }
        for (var bad : List.of("{}", "{\"code\":\"" + "x".repeat(101) + "\"}")) {
            assertThat(LEDGER.call("POST", "/api/credits/redeem", TestIdentity.user(person), bad)
                            .status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    private static List<String> make(int count, String more) {
        return make(count, more, CLOCK.instant().plusSeconds(3_600).toEpochMilli());
    }

    private static List<String> make(int count, String more, long expire) {
        var made = LEDGER.call("POST", "/api/credits/codes", ADMIN, batch(count, more, expire));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(200);
        return made.body()
                .get("codes")
                .valueStream()
                .map(code -> code.asString())
                .toList();
    }

    private static String batch(int count, String more, long expire) {
        return """
                {"count":%d,"credits":20,%s"codes_expire_at":%d,"reason":"a test"}""".formatted(count, more, expire);
    }

    private static Response redeem(UUID person, String code) {
        return redeem(LEDGER, person, code);
    }

    private static Response redeem(Ledger ledger, UUID person, String code) {
        return ledger.call("POST", "/api/credits/redeem", TestIdentity.user(person), "{\"code\":\"" + code + "\"}");
    }

    private static List<Integer> statuses(List<Callable<Response>> calls) throws Exception {
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls)) {
                statuses.add(call.get().status());
            }
        }
        return statuses;
    }
}
