package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Http.Answer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Another application charges people for what it does, through the gateway, with a token of its own. */
class ApplicationIT {

    private static final String CREDITS = STACK.gateway() + "/api/credits";
    private static final String KEY = "Idempotency-Key";
    private static final String LANGUAGE = "Accept-Language";

    private final String application = PEOPLE.applicationToken();
    private final Suite.Buyer user = Suite.buyer("0");

    @Test
    void takesAnActionsPriceOrAnAmountAndSaysSoInTheCallersLanguage() {
        var video = consume(Map.of("action", "video", "description", "一段视频"));
        told(video, 200, "消费 50 积分成功，剩余 470 积分");
        assertThat(video.json().path("credits").decimalValue()).isEqualByComparingTo("470");
        assertThat(video.json().path("consumed").decimalValue()).isEqualByComparingTo("50");
        assertThat(video.json().path("id").isString()).isTrue();

        told(consume(Map.of("action", "script"), LANGUAGE, "en"), 200, "Consumed 10 credits, 460 credits are left");
        told(consume(Map.of("action", "poster", "amount", 0.5), LANGUAGE, "zh-CN"), 200, "消费 0.5 积分成功，剩余 459.5 积分");

        refused(consume(Map.of("action", "video", "amount", 49)), 422, "action_price_differs");
        refused(consume(Map.of("action", "poster")), 422, "action_not_priced");
        balanceIs("459.5", "0");
    }

    @Test
    void tooLittleChangesNothingAndTellsWhatThereIsAndWhatIsNeeded() {
        var film = Map.<String, Object>of("action", "film", "amount", 999_999);

        var zh = consume(film);
        told(zh, 400, "积分不足！当前积分：520，需要：999999");
        refused(zh, 400, "insufficient_credits");
        assertThat(zh.json().path("detail")).isEqualTo(zh.json().path("message"));
        told(consume(film, LANGUAGE, "en"), 400, "Not enough credits! Current credits: 520, needed: 999999");

        balanceIs("520", "0");
        assertThat(history()).hasSize(1);
    }

    @Test
    void theSameKeyTakesOnceAndRefusesAnotherBody() {
        var key = "key-" + UUID.randomUUID();
        var first = consume(Map.of("action", "video"), KEY, key);
        assertThat(consume(Map.of("action", "video"), KEY, key).body()).isEqualTo(first.body());
        refused(consume(Map.of("action", "script"), KEY, key), 422, "idempotency_key_reused");

        var order = Map.<String, Object>of("action", "script", "order_id", "order-" + user.userId());
        var ordered = consume(order);
        assertThat(consume(order).json().path("id")).isEqualTo(ordered.json().path("id"));
        balanceIs("460", "0");
    }

    @Test
    void givesAConsumptionBackOnce() {
        var id = consume(Map.of("action", "video")).json().path("id").asString();
        var refund = "/consumptions/" + id + "/refund";

        refused(post(user.token(), refund, Map.of()), 403, "forbidden");
        // An administrator did not make it.
        refused(post(PEOPLE.token("admin"), refund, Map.of()), 403, "forbidden");
        var refunded = post(application, refund, Map.of("reason", "no video came"));
        assertThat(refunded.status()).as(refunded.body()).isEqualTo(200);
        assertThat(refunded.json().path("credits").decimalValue()).isEqualByComparingTo("520");
        refused(post(application, refund, Map.of()), 409, "consumption_refunded");

        assertThat(history())
                .extracting(entry -> entry.path("action").asString())
                .startsWith("consume_refund", "video");
        balanceIs("520", "0");
    }

    @Test
    void holdsThenSettlesInPartsAndReleasesTheRest() {
        var open = Map.of("user_id", user.userId(), "amount", 100, "description", "a film");
        refused(post(user.token(), "/holds", open), 403, "forbidden");
        var held = post(application, "/holds", open);
        assertThat(held.status()).as(held.body()).isEqualTo(200);
        var hold = "/holds/" + held.json().path("hold").path("id").asString();
        balanceIs("520", "100");
        told(consume(Map.of("action", "film", "amount", 421)), 400, "积分不足！当前积分：420，需要：421");

        var part = Map.of("amount", 30, "settlement_id", "scene 1");
        assertThat(post(application, hold + "/settle", part).status()).isEqualTo(200);
        assertThat(post(application, hold + "/settle", part).status())
                .as("once")
                .isEqualTo(200);
        assertThat(post(application, hold + "/settle", Map.of("amount", 20.5)).status())
                .isEqualTo(200);
        refused(post(application, hold + "/settle", Map.of("amount", 49.500001)), 409, "hold_exceeded");
        refused(post(user.token(), hold + "/release", Map.of()), 404, "not_found");
        assertThat(post(application, hold + "/release", Map.of()).status()).isEqualTo(200);
        refused(post(application, hold + "/settle", Map.of("amount", 1)), 409, "hold_ended");

        var ended = Http.get(CREDITS + hold, user.token()).json();
        assertThat(ended.path("status").asString()).isEqualTo("released");
        assertThat(ended.path("settled").decimalValue()).isEqualByComparingTo("50.5");
        assertThat(ended.path("released").decimalValue()).isEqualByComparingTo("49.5");
        balanceIs("469.5", "0");
    }

    @Test
    void whatWasTakenIsInTheBalanceOfThatInstantTheHistoryTheSumsAndTheStatement() {
        consume(Map.of("action", "video", "description", "=1+1"));
        var between = Instant.now();
        consume(Map.of("action", "script"));

        assertThat(get(application, "/balance/" + user.userId() + "?at=" + between)
                        .json()
                        .path("credits")
                        .decimalValue())
                .isEqualByComparingTo("470");
        var entries = history();
        assertThat(entries)
                .extracting(entry -> entry.path("action").asString())
                .containsExactly("script", "video", "bonus");
        assertThat(entries)
                .extracting(entry -> entry.path("balanceAfter").decimalValue().toPlainString())
                .containsExactly("460", "470", "520");
        var spent = get(user.token(), "/stats/" + user.userId()).json().path("spent");
        assertThat(spent.path("video_cost").decimalValue()).isEqualByComparingTo("50");
        assertThat(spent.path("script_cost").decimalValue()).isEqualByComparingTo("10");
        var csv = get(user.token(), "/statement/" + user.userId());
        assertThat(csv.header("content-type")).startsWith("text/csv");
        assertThat(csv.body()).contains("\"'=1+1\"", "\"-50\",\"470\"", "\"-10\",\"460\"");
        var pdf = get(user.token(), "/statement/" + user.userId() + "?format=pdf");
        assertThat(pdf.header("content-type")).startsWith("application/pdf");
        assertThat(pdf.body()).startsWith("%PDF-");
    }

    @Test
    void nobodyDeletesHistoryAndPeopleReachTheirOwnOnly() {
        for (var token : List.of(application, user.token(), PEOPLE.token("admin"))) {
            var entry = history().getFirst().path("id").asString();
            refused(Http.delete(CREDITS + "/history/" + entry, token), 403, "history_immutable");
        }
        var other = Suite.buyer("0");
        for (var path : List.of("/balance/", "/history/", "/stats/", "/statement/")) {
            assertThat(get(other.token(), path + other.userId()).status()).isEqualTo(200);
            refused(get(other.token(), path + user.userId()), 404, "not_found");
            assertThat(get(application, path + user.userId()).status()).isEqualTo(200);
            assertThat(get(null, path + user.userId()).status()).isEqualTo(401);
        }
        refused(post(other.token(), "/consume", body(Map.of("action", "video"))), 403, "forbidden");
        balanceIs("520", "0");
    }

    @Test
    void doesNothingThatIsAnAdministratorsAPersonsOrTheServicesOwn() {
        var subject =
                STACK.read().path("demo").path("application").path("subject").asString();
        refused(get(application, "/balance/" + subject), 404, "not_found");
        refused(post(application, "/redeem", Map.of("code", "AAAA")), 403, "forbidden");
        refused(
                post(application, "/gifts", Map.of("user_id", user.userId(), "credits", 1, "reason", "r")),
                403,
                "forbidden");
        for (var path :
                List.of("/api/ledger/seal", "/api/payment/orders", "/api/pool/keys", "/api/usage", "/v1/models")) {
            assertThat(Http.get(STACK.gateway() + path, application).status())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(Http.post(STACK.gateway() + "/internal/leases", application, Map.of())
                        .status())
                .isEqualTo(404);
        var recharge = post(application, "/recharge", Map.of("user_id", user.userId(), "credits", 80, "amount", 8));
        told(recharge, 200, "充值成功，获得 80 积分，当前余额 600 积分");
    }

    private Answer consume(Map<String, ?> more, String... headers) {
        return post(application, "/consume", body(more), headers);
    }

    private Map<String, Object> body(Map<String, ?> more) {
        var body = new LinkedHashMap<String, Object>(more);
        body.put("user_id", user.userId());
        return body;
    }

    private List<JsonNode> history() {
        var page = get(user.token(), "/history/" + user.userId()).json().path("history");
        return StreamSupport.stream(page.spliterator(), false).toList();
    }

    private void balanceIs(String credits, String held) {
        var balance = get(user.token(), "/balance/" + user.userId()).json();
        assertThat(balance.path("credits").decimalValue()).isEqualByComparingTo(credits);
        assertThat(balance.path("held").decimalValue()).isEqualByComparingTo(held);
    }

    private static Answer get(@Nullable String token, String path) {
        return Http.get(CREDITS + path, token);
    }

    private static Answer post(String token, String path, Object body, String... headers) {
        return Http.post(CREDITS + path, token, body, headers);
    }

    private static void told(Answer answer, int status, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("message").asString()).isEqualTo(message);
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(answer.json().path("code").asString()).isEqualTo(code);
    }
}
