package io.quotabank.ledger.consumption;

import static io.quotabank.ledger.Applications.key;
import static io.quotabank.ledger.Applications.scripts;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefundIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);

    private final UUID user = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void givesAllBackOnce() {
        var id = consumed();
        var zh = APPLICATIONS.refund(videos(), id, "");
        assertThat(told(zh)).isEqualTo("200");
        assertThat(zh.body().get("success").asBoolean()).isTrue();
        assertThat(zh.body().get("refunded").toString()).isEqualTo("50");
        assertThat(zh.body().get("credits").toString()).isEqualTo("520");
        assertThat(zh.body().get("message").asString()).isEqualTo("退还 50 积分成功，当前余额 520 积分");
        assertThat(told(APPLICATIONS.refund(videos(), id, ""))).isEqualTo("409 consumption_refunded");
        assertThat(posted()).isEqualTo(520_000_000);
    }

    @Test
    void givesAPartBackOnceAndTheRestNever() {
        var id = consumed();
        var part =
                APPLICATIONS.refund(videos(), id, "{\"amount\":0.5,\"reason\":\"too short\"}", "Accept-Language", "en");
        assertThat(part.body().get("message").asString())
                .isEqualTo("Refunded 0.5 credits, the balance is 470.5 credits");
        assertThat(told(APPLICATIONS.refund(videos(), id, "{\"amount\":1}"))).isEqualTo("409 consumption_refunded");
        assertThat(posted()).isEqualTo(470_500_000);
    }

    @Test
    void theReasonIsToldInTheHistoryAndTheStatement() {
        APPLICATIONS.refund(videos(), consumed(), "{\"reason\":\"没有画面\"}");
        var other = APPLICATIONS
                .consume(videos(), user, "\"action\":\"script\",\"description\":\"a script\"")
                .body();
        APPLICATIONS.refund(videos(), other.get("id").asString(), "");

        assertThat(get("history", "zh").body().findValuesAsString("description"))
                .containsExactly("a script", "a script", "消费退还 · 没有画面", "消费 · video", "注册赠送");
        assertThat(get("statement", "en").raw().body())
                .contains(",\"consume_refund\",\"Refund of a consumption · 没有画面\",\"50\",\"520\",");
    }

    @Test
    void neverGivesBackMoreThanWasTaken() {
        var id = consumed();
        var refused = APPLICATIONS.refund(videos(), id, "{\"amount\":50.000001}");
        assertThat(told(refused)).isEqualTo("422 refund_too_large");
        assertThat(refused.body().get("detail").asString()).isEqualTo("该消费扣减了 50");
        for (var body :
                List.of("{\"amount\":0}", "{\"amount\":-1}", "{\"amount\":1e999999999}", "{\"amount\":\"1\"}")) {
            assertThat(told(APPLICATIONS.refund(videos(), id, body))).as(body).isEqualTo("400 malformed_request");
        }
        assertThat(told(APPLICATIONS.refund(videos(), id, "{\"amount\":50}"))).isEqualTo("200");
    }

    @Test
    void onlyTheApplicationThatConsumedRefunds() {
        var id = consumed();
        assertThat(told(APPLICATIONS.refund(scripts(), id, ""))).isEqualTo("403 forbidden");
        assertThat(told(APPLICATIONS.refund(TestIdentity.user(user), id, ""))).isEqualTo("403 forbidden");
        assertThat(told(APPLICATIONS.refund(TestIdentity.user(user, "admin"), id, "")))
                .isEqualTo("403 forbidden");
        assertThat(told(APPLICATIONS.refund(null, id, ""))).isEqualTo("401 unauthenticated");
        assertThat(told(APPLICATIONS.refund(videos(), UUID.randomUUID().toString(), "")))
                .isEqualTo("404 not_found");
        assertThat(told(APPLICATIONS.refund(videos(), "me", ""))).isEqualTo("400 malformed_request");
        assertThat(posted()).isEqualTo(470_000_000);
    }

    @Test
    void aKeyGetsTheFirstAnswerAgainAndAnotherBodyIsRefused() {
        var id = consumed();
        var first = APPLICATIONS.refund(videos(), id, "{\"amount\":5}", key("refund-" + id));
        assertThat(APPLICATIONS
                        .refund(videos(), id, "{\"amount\":5}", key("refund-" + id))
                        .body())
                .isEqualTo(first.body());
        assertThat(told(APPLICATIONS.refund(videos(), id, "{\"amount\":6}", key("refund-" + id))))
                .isEqualTo("422 idempotency_key_reused");
        assertThat(posted()).isEqualTo(475_000_000);
    }

    @Test
    void ofManyAtOnceOneRefunds() throws Exception {
        var id = consumed();
        var told = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.rangeClosed(1, 16)
                    .<Callable<String>>mapToObj(i ->
                            () -> told(APPLICATIONS.refund(videos(), id, "{\"amount\":" + (i % 2 + 1) + "}")))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                told.add(call.get());
            }
        }
        assertThat(told).containsOnlyOnce("200").isSubsetOf("200", "409 consumption_refunded");
        assertThat(LEDGER.number("SELECT count(*) FROM transfer WHERE reference = ?::uuid", id))
                .isEqualTo(1);
    }

    private String consumed() {
        return APPLICATIONS
                .consume(videos(), user, "\"action\":\"video\"")
                .body()
                .get("id")
                .asString();
    }

    private Response get(String what, String language) {
        var path = "/api/credits/" + what + "/" + user;
        return LEDGER.call("GET", path, TestIdentity.user(user), "", "Accept-Language", language);
    }

    private long posted() {
        return new People(LEDGER).posted(user);
    }
}
