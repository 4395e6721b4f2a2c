package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused of holds, by whom it is asked and how, changes nothing. */
class HoldRefusalIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "user", "admin");

    private final People people = new People(LEDGER);
    private final Application video = new Application(LEDGER);
    private final UUID user = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void tooLittleIsRefusedWithWhatThereIsInTheCallersLanguage() {
        video.opened(user, "500");
        var zh = video.open(user, "20.000001", "");
        assertThat(zh.status()).isEqualTo(400);
        assertThat(zh.body().get("code").asString()).isEqualTo("insufficient_credits");
        assertThat(zh.body().get("detail").asString()).isEqualTo("积分不足！当前积分：20，需要：20.000001");
        var en = video.open(user, "21", "", "Accept-Language", "en");
        assertThat(en.body().get("detail").asString()).isEqualTo("Not enough credits! Current credits: 20, needed: 21");
        assertThat(people.held(user)).isEqualTo(500_000_000);
        assertThat(video.open(user, "20", "").status()).isEqualTo(200);
    }

    @Test
    void aRefusalIsNotKept() {
        assertThat(video.open(user, "600", "", "Idempotency-Key", "big").status())
                .isEqualTo(400);
        LEDGER.call("POST", "/api/credits/recharge", ADMIN, "{\"user_id\":\"%s\",\"credits\":100}".formatted(user));
        assertThat(video.open(user, "600", "", "Idempotency-Key", "big").status())
                .isEqualTo(200);
    }

    @Test
    void aSplitThatDoesNotFitIsRefused() {
        var hold = video.opened(user, "10");
        var seller = ",\"seller_id\":\"" + UUID.randomUUID() + "\"";
        var unknown = video.settle(hold, "1", ",\"split\":\"nobody_knows\"" + seller);
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.body().get("code").asString()).isEqualTo("split_unknown");
        assertThat(video.settle(hold, "1", ",\"split\":\"market_sale\",\"split_version\":99" + seller)
                        .status())
                .isEqualTo(422);
        for (var wrong : List.of(
                ",\"split\":\"market_sale\"",
                ",\"split\":\"market_sale\",\"seller_id\":\"" + user + "\"",
                ",\"split\":\"market\\u0000sale\"",
                ",\"split\":\"" + "x".repeat(101) + "\"",
                seller,
                ",\"split_version\":1")) {
            assertThat(video.settle(hold, "1", wrong).status()).as(wrong).isEqualTo(400);
        }
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void onlyApplicationsAndAdministratorsOpenHoldsAndOnlyTheirOwnAreThere() {
        var body = "{\"user_id\":\"%s\",\"amount\":1,\"description\":\"mine\"}".formatted(user);
        assertThat(LEDGER.call("POST", Application.HOLDS, TestIdentity.user(user), body)
                        .status())
                .isEqualTo(403);
        assertThat(LEDGER.call("POST", Application.HOLDS, null, body).status()).isEqualTo(401);
        assertThat(video.open(user, "1", ",\"kind\":\"purchase\"").status()).isEqualTo(403);

        var hold = video.opened(user, "10");
        var other = new Application(LEDGER);
        assertThat(other.settle(hold, "1", "").status()).isEqualTo(404);
        assertThat(other.release(hold).status()).isEqualTo(404);
        assertThat(other.extend(hold, "{\"amount\":1}").status()).isEqualTo(404);
        assertThat(other.get("/" + hold).status()).isEqualTo(404);
        assertThat(LEDGER.call("POST", Application.HOLDS + "/" + hold + "/release", TestIdentity.user(user), "")
                        .status())
                .as("the person whose credits they are")
                .isEqualTo(404);
        assertThat(people.held(user)).isEqualTo(10_000_000);
        var settled = LEDGER.call("POST", Application.HOLDS + "/" + hold + "/settle", ADMIN, "{\"amount\":10}");
        assertThat(settled.status()).isEqualTo(200);
    }

    @Test
    void aLeaseIsNoHoldOfAnApplication() {
        var lease = people.lease(user, 10, 10).leaseId();
        for (var path : List.of("/release", "/settle", "/extend")) {
            assertThat(LEDGER.call("POST", Application.HOLDS + "/" + lease + path, ADMIN, "{\"amount\":1}")
                            .status())
                    .isEqualTo(404);
        }
        var hold = video.opened(user, "10");
        assertThat(people.state(People.statement(hold, 1, 0, true))).isEqualTo(404);
        assertThat(people.held(user)).isEqualTo(10_000_010);
    }

    @Test
    void malformedHoldsAreRefusedAndBookNothing() {
        People.signUp(LEDGER, user);
        var right = """
                {"user_id":"%s","amount":1,"description":"d","kind":"application","expires_in":60,"reference":"r"}""".formatted(user);
        for (var wrong : List.of(
                right.replace(":1,", ":0,"),
                right.replace(":1,", ":-1,"),
                right.replace(":1,", ":0.0000001,"),
                right.replace(":1,", ":1e30,"),
                right.replace(":1,", ":null,"),
                right.replace("application", "lease"),
                right.replace("application", "?"),
                right.replace(":60", ":0"),
                right.replace(":60", ":-5"),
                right.replace(":60", ":2592001"),
                right.replace("\"d\"", "\" \""),
                right.replace("\"d\"", "null"),
                right.replace("\"d\"", "\"a\\u0000b\""),
                right.replace("\"d\"", "\"" + "x".repeat(501) + "\""),
                right.replace("\"r\"", "\"\""),
                right.replace("\"r\"", "\"" + "x".repeat(129) + "\""),
                right.replace(user.toString(), "me"))) {
            assertThat(LEDGER.call("POST", Application.HOLDS, ADMIN, wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(LEDGER.call("POST", Application.HOLDS, ADMIN, right).status())
                .isEqualTo(200);
        var hold = video.opened(user, "10");
        for (var wrong : List.of("0", "-1", "1e30", "\"x\"", "null")) {
            assertThat(video.settle(hold, wrong, "").status()).as(wrong).isEqualTo(400);
        }
        assertThat(video.settle(hold, "1", ",\"settlement_id\":\"\"").status()).isEqualTo(400);
        assertThat(video.extend(hold, "{}").status()).isEqualTo(400);
        assertThat(people.held(user)).isEqualTo(11_000_000);
    }
}
