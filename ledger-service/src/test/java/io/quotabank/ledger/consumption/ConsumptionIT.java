package io.quotabank.ledger.consumption;

import static io.quotabank.ledger.Applications.admin;
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
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumptionIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);

    private final UUID user = UUID.randomUUID();
    private final People people = new People(LEDGER);

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void takesAnActionsPriceAndSaysSoInTheCallersLanguage() {
        var zh = consume("\"action\":\"video\",\"description\":\"一段视频\"");
        assertThat(told(zh)).isEqualTo("200");
        assertThat(zh.body().get("success").asBoolean()).isTrue();
        assertThat(zh.body().get("consumed").toString()).isEqualTo("50");
        assertThat(zh.body().get("credits").toString()).isEqualTo("470");
        assertThat(zh.body().get("message").asString()).isEqualTo("消费 50 积分成功，剩余 470 积分");
        assertThat(zh.body().get("id").isString()).isTrue();
        var en = APPLICATIONS.consume(videos(), user, "\"action\":\"script\",\"amount\":10.0", "Accept-Language", "en");
        assertThat(en.body().get("message").asString()).isEqualTo("Consumed 10 credits, 460 credits are left");
        var free = consume("\"action\":\"poster\",\"amount\":0.000001");
        assertThat(free.body().get("credits").toString()).isEqualTo("459.999999");
        assertThat(people.posted(user)).isEqualTo(459_999_999);
    }

    @Test
    void oneCreditIsNoneOfMany() {
        assertThat(english("1")).isEqualTo("Consumed 1 credit, 519 credits are left");
        assertThat(english("0.1")).isEqualTo("Consumed 0.1 credits, 518.9 credits are left");
        assertThat(english("517.9")).isEqualTo("Consumed 517.9 credits, 1 credit is left");
    }

    private String english(String amount) {
        var poster = "\"action\":\"poster\",\"amount\":" + amount;
        return APPLICATIONS
                .consume(videos(), user, poster, "Accept-Language", "en")
                .body()
                .get("message")
                .asString();
    }

    @Test
    void tooLittleChangesNothingAndTellsWhatThereIsAndWhatIsNeeded() {
        var zh = consume("\"action\":\"film\",\"amount\":999999");
        assertThat(told(zh)).isEqualTo("400 insufficient_credits");
        assertThat(zh.raw().headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(zh.body().get("detail").asString()).isEqualTo("积分不足！当前积分：520，需要：999999");
        assertThat(zh.body().get("message")).isEqualTo(zh.body().get("detail"));
        assertThat(zh.body().get("success").asBoolean()).isFalse();
        assertThat(zh.body().get("credits").toString()).isEqualTo("520");
        assertThat(zh.body().get("needed").toString()).isEqualTo("999999");
        var en = APPLICATIONS.consume(
                videos(), user, "\"action\":\"film\",\"amount\":520.000001", "Accept-Language", "en");
        assertThat(en.body().get("message").asString())
                .isEqualTo("Not enough credits! Current credits: 520, needed: 520.000001");
        assertThat(entries()).isEqualTo(1);
        assertThat(told(consume("\"action\":\"film\",\"amount\":520"))).isEqualTo("200");
        assertThat(people.posted(user)).isZero();
    }

    @Test
    void whatRunningSpendingHoldsIsNotConsumed() {
        people.lease(user, 500_000_000, 500_000_000);
        var refused = consume("\"action\":\"video\"");
        assertThat(refused.body().get("message").asString()).isEqualTo("积分不足！当前积分：20，需要：50");
        assertThat(told(consume("\"action\":\"script\""))).isEqualTo("200");
    }

    @Test
    void aRefusalIsNotKeptUnderItsKey() {
        var key = key("key-" + user);
        assertThat(told(APPLICATIONS.consume(videos(), user, "\"action\":\"film\",\"amount\":600", key)))
                .isEqualTo("400 insufficient_credits");
        recharge(100);
        var later = APPLICATIONS.consume(videos(), user, "\"action\":\"film\",\"amount\":600", key);
        assertThat(later.body().get("credits").toString()).isEqualTo("20");
    }

    @Test
    void onlyApplicationsAndAdministratorsConsume() {
        var body = "\"action\":\"script\"";
        assertThat(told(APPLICATIONS.consume(TestIdentity.user(user), user, body)))
                .isEqualTo("403 forbidden");
        assertThat(told(APPLICATIONS.consume(TestIdentity.user(UUID.randomUUID()), user, body)))
                .isEqualTo("403 forbidden");
        assertThat(told(APPLICATIONS.consume(TestIdentity.user(UUID.randomUUID(), "auditor"), user, body)))
                .isEqualTo("403 forbidden");
        assertThat(told(APPLICATIONS.consume(null, user, body))).isEqualTo("401 unauthenticated");
        assertThat(told(APPLICATIONS.consume(admin(), user, body))).isEqualTo("200");
        assertThat(told(APPLICATIONS.consume(TestIdentity.user(UUID.randomUUID(), "service"), user, body)))
                .as("an application that signs in")
                .isEqualTo("200");
        assertThat(people.posted(user)).isEqualTo(500_000_000);
    }

    @Test
    void anotherAmountThanThePriceIsRefusedAndNoneWithoutAPrice() {
        var other = consume("\"action\":\"video\",\"amount\":49.999999");
        assertThat(told(other)).isEqualTo("422 action_price_differs");
        assertThat(other.body().get("detail").asString()).isEqualTo("价格为 50");
        assertThat(told(consume("\"action\":\"sculpture\""))).isEqualTo("422 action_not_priced");
        assertThat(told(consume("\"action\":\"video\",\"amount\":50"))).isEqualTo("200");
        assertThat(people.posted(user)).isEqualTo(470_000_000);
    }

    @Test
    void malformedConsumptionsAreRefusedAndBookNothing() {
        for (var rest : List.of(
                "\"amount\":5",
                "\"action\":\"\",\"amount\":5",
                "\"action\":\"a b\",\"amount\":5",
                "\"action\":\"recharge\",\"amount\":5",
                "\"action\":\"" + "x".repeat(65) + "\",\"amount\":5",
                "\"action\":\"x\",\"amount\":0",
                "\"action\":\"x\",\"amount\":-1",
                "\"action\":\"x\",\"amount\":0.0000001",
                "\"action\":\"x\",\"amount\":1e999999999",
                "\"action\":\"x\",\"amount\":-1e999999999",
                "\"action\":\"x\",\"amount\":1e-999999999",
                "\"action\":\"x\",\"amount\":\"5\"",
                "\"action\":\"x\",\"amount\":100000001",
                "\"action\":\"x\",\"amount\":5,\"description\":\"a\\u0000b\"",
                "\"action\":\"x\",\"amount\":5,\"description\":\"" + "x".repeat(501) + "\"",
                "\"action\":\"x\",\"amount\":5,\"order_id\":\"\"",
                "\"action\":\"x\",\"amount\":5,\"order_id\":\"" + "x".repeat(129) + "\"")) {
            assertThat(told(consume(rest))).as(rest).isEqualTo("400 malformed_request");
        }
        assertThat(told(APPLICATIONS.consume(videos(), user, "\"action\":\"video\"", key("x".repeat(256)))))
                .isEqualTo("400 malformed_request");
        assertThat(LEDGER.call("POST", "/api/credits/consume", videos(), "{\"user_id\":\"me\",\"action\":\"video\"}")
                        .status())
                .isEqualTo(400);
        assertThat(LEDGER.number("SELECT count(*) FROM account WHERE person = ? AND debited > 0", user))
                .isZero();
    }

    @Test
    void historyTellsTheApplicationsOwnWords() {
        consume("\"action\":\"video\",\"description\":\"=1+1\"");
        var id = consume("\"action\":\"script\"").body().get("id").asString();
        APPLICATIONS.refund(videos(), id, "{\"amount\":4}");
        var history = LEDGER.call("GET", "/api/credits/history/" + user, TestIdentity.user(user), "")
                .body()
                .get("history");
        assertThat(history.findValuesAsString("action")).containsExactly("consume_refund", "script", "video", "bonus");
        assertThat(history.findValuesAsString("description"))
                .containsExactly("消费退还 · script", "消费 · script", "=1+1", "注册赠送");
        assertThat(history.get(0).get("amount").toString()).isEqualTo("4");
        assertThat(history.get(1).get("amount").toString()).isEqualTo("-10");
        assertThat(history.get(1).get("id").asString()).isEqualTo(id);
        assertThat(history.get(1).get("balanceAfter").toString()).isEqualTo("460");
    }

    private Response consume(String rest) {
        return APPLICATIONS.consume(videos(), user, rest);
    }

    private void recharge(int credits) {
        LEDGER.call(
                "POST",
                "/api/credits/recharge",
                scripts(),
                "{\"user_id\":\"" + user + "\",\"credits\":" + credits + "}");
    }

    private long entries() {
        return LEDGER.number("SELECT seq FROM account WHERE code = ?", "user:" + user);
    }
}
