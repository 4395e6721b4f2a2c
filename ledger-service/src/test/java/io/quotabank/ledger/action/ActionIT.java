package io.quotabank.ledger.action;

import static io.quotabank.ledger.Applications.admin;
import static io.quotabank.ledger.Applications.key;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ActionIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);
    private static final String PATH = "/api/credits/actions";

    private final UUID user = UUID.randomUUID();
    private final String action = "a" + user.toString().replace('-', '_');

    @Test
    void everybodySeesThePricesItBeginsWith() {
        assertThat(prices())
                .containsEntry("video", "50")
                .containsEntry("script", "10")
                .containsEntry("character", "5");
        assertThat(LEDGER.call("GET", PATH, null, "").status()).isEqualTo(401);
    }

    @Test
    void aPriceChangesAtOnceAndEveryOneIsKept() {
        var first = set(admin(), "2.5");
        assertThat(told(first)).isEqualTo("200");
        assertThat(first.body().get("amount").toString()).isEqualTo("2.5");
        assertThat(first.body().get("version").asLong()).isEqualTo(1);
        assertThat(consumed()).isEqualTo("2.5");
        assertThat(set(admin(), "3").body().get("version").asLong()).isEqualTo(2);
        assertThat(set(admin(), "3.000").body().get("version").asLong())
                .as("the same")
                .isEqualTo(2);
        assertThat(consumed()).isEqualTo("3");
        assertThat(prices()).containsEntry(action, "3");
        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT price_version FROM consumption WHERE action = ? ORDER BY id",
                                Long.class,
                                action))
                .containsExactly(1L, 2L);
        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT price FROM priced_action WHERE name = ? ORDER BY version", Long.class, action))
                .containsExactly(2_500_000L, 3_000_000L);
    }

    @Test
    void anActionWithoutItsPriceNeedsAnAmountAgain() {
        set(admin(), "2");
        consumed();
        assertThat(LEDGER.call("DELETE", PATH + "/" + action, admin(), "").status())
                .isEqualTo(204);
        assertThat(prices()).doesNotContainKey(action);
        assertThat(told(LEDGER.call("DELETE", PATH + "/" + action, admin(), "")))
                .isEqualTo("404 not_found");
        assertThat(told(APPLICATIONS.consume(videos(), user, body()))).isEqualTo("422 action_not_priced");
        assertThat(told(APPLICATIONS.consume(videos(), user, body() + ",\"amount\":7")))
                .isEqualTo("200");
        assertThat(set(admin(), "4").body().get("version").asLong()).isEqualTo(3);
        assertThat(told(APPLICATIONS.consume(videos(), user, body() + ",\"amount\":7")))
                .isEqualTo("422 action_price_differs");
    }

    @Test
    void noneIsChargedAtAPriceThatAnotherProcessChanged() throws Exception {
        set(admin(), "2");
        assertThat(consumed()).isEqualTo("2");
        behindItsBack(2, "9000000");
        assertThat(consumed()).isEqualTo("9");
        behindItsBack(3, "NULL");
        assertThat(told(APPLICATIONS.consume(videos(), user, body()))).isEqualTo("422 action_not_priced");
        behindItsBack(4, "1000000");
        assertThat(told(APPLICATIONS.consume(videos(), user, body() + ",\"amount\":8")))
                .isEqualTo("422 action_price_differs");
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void onlyAdministratorsPriceActions() {
        for (var token : List.of(videos(), TestIdentity.user(user), TestIdentity.user(user, "auditor"))) {
            assertThat(told(set(token, "1"))).isEqualTo("403 forbidden");
            assertThat(told(LEDGER.call("DELETE", PATH + "/video", token, ""))).isEqualTo("403 forbidden");
        }
        assertThat(prices()).containsKey("video").doesNotContainKey(action);
    }

    @Test
    void malformedPricesAreRefused() {
        for (var amount : List.of("0", "-1", "0.0000001", "1000001", "1e999999999", "\"1\"", "null")) {
            assertThat(told(set(admin(), amount))).as(amount).isEqualTo("400 malformed_request");
        }
        for (var name : List.of("Video", "1a", "a-b", "x".repeat(65), "%E8%A7%86")) {
            assertThat(told(LEDGER.call("PUT", PATH + "/" + name, admin(), "{\"amount\":1}")))
                    .as(name)
                    .isEqualTo("400 malformed_request");
        }
    }

    @Test
    void aKeyGetsTheFirstAnswerAgain() {
        var first = LEDGER.call("PUT", PATH + "/" + action, admin(), "{\"amount\":1}", key(action));
        set(admin(), "2");
        assertThat(LEDGER.call("PUT", PATH + "/" + action, admin(), "{\"amount\":1}", key(action))
                        .body())
                .isEqualTo(first.body());
        assertThat(prices()).containsEntry(action, "2");
        assertThat(told(LEDGER.call("PUT", PATH + "/" + action, admin(), "{\"amount\":3}", key(action))))
                .isEqualTo("422 idempotency_key_reused");
        assertThat(told(LEDGER.call("DELETE", PATH + "/" + action, admin(), "", key(action))))
                .isEqualTo("422 idempotency_key_reused");
    }

    private Response set(String token, String amount) {
        return LEDGER.call("PUT", PATH + "/" + action, token, "{\"amount\":" + amount + "}");
    }

    private String body() {
        return "\"action\":\"" + action + "\"";
    }

    private String consumed() {
        return APPLICATIONS
                .consume(videos(), user, body())
                .body()
                .get("consumed")
                .toString();
    }

    private void behindItsBack(int version, String price) throws Exception {
        try (var owner = LEDGER.database().connect(LEDGER.database().owner());
                var statement = owner.createStatement()) {
            statement.execute("INSERT INTO priced_action (name, version, price, actor) VALUES ('" + action + "', "
                    + version + ", " + price + ", 'me')");
        }
    }

    private static Map<String, String> prices() {
        return LEDGER.call("GET", PATH, TestIdentity.user(UUID.randomUUID()), "")
                .body()
                .get("actions")
                .valueStream()
                .collect(Collectors.toMap(
                        entry -> entry.get("name").asString(),
                        (JsonNode entry) -> entry.get("amount").toString()));
    }
}
