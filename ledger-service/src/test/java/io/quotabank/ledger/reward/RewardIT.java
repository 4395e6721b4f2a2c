package io.quotabank.ledger.reward;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RewardIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final People PEOPLE = new People(LEDGER);
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "admin");
    private static final long HUNDRED = 100_000_000;

    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void bothSidesOfAnInvitationGetTheirCreditsWithTheFirstRechargeAndNeverAgain() {
        var accepted = accept(bob, codeOf(ann));
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(200);
        assertThat(accepted.body().get("credits").toString()).isEqualTo("100");
        assertThat(PEOPLE.posted(ann)).isEqualTo(People.SIGN_UP);
        recharge(bob, 10);
        assertThat(PEOPLE.posted(ann)).isEqualTo(People.SIGN_UP + HUNDRED);
        assertThat(PEOPLE.posted(bob)).isEqualTo(People.SIGN_UP + HUNDRED + 10_000_000);
        recharge(bob, 10);
        assertThat(PEOPLE.posted(ann)).isEqualTo(People.SIGN_UP + HUNDRED);
        assertThat(PEOPLE.posted(bob)).isEqualTo(People.SIGN_UP + HUNDRED + 20_000_000);
        assertThat(invitation(ann).get("invited").asLong()).isEqualTo(1);
    }

    @Test
    void aPersonHasOneCodeForEver() {
        assertThat(codeOf(ann)).matches("[0-9A-Z]{10}").isEqualTo(codeOf(ann)).isNotEqualTo(codeOf(bob));
    }

    @Test
    void invitationsThatDoNotCountSayWhy() {
        assertThat(refusal(accept(bob, "NOSUCHCODE"))).isEqualTo("422 invitation_unknown");
        assertThat(accept(bob, "NO\\u0000CODE").status()).isEqualTo(400);
        assertThat(accept(bob, "X".repeat(101)).status()).isEqualTo(400);
        assertThat(refusal(accept(bob, codeOf(bob)))).isEqualTo("422 invitation_own");
        assertThat(accept(bob, " " + codeOf(ann).toLowerCase(Locale.ROOT) + " ").status())
                .isEqualTo(200);
        assertThat(accept(bob, codeOf(ann)).status()).as("the same again").isEqualTo(200);
        assertThat(refusal(accept(bob, codeOf(UUID.randomUUID())))).isEqualTo("409 invitation_taken");
        assertThat(refusal(accept(ann, codeOf(bob)))).isEqualTo("409 invitation_circular");
        var late = UUID.randomUUID();
        recharge(late, 1);
        assertThat(refusal(accept(late, codeOf(ann)))).isEqualTo("409 invitation_too_late");
        var service = TestIdentity.service("pool-service");
        assertThat(LEDGER.call("GET", "/api/credits/invitation", service, "").status())
                .isEqualTo(403);
        assertThat(LEDGER.call("POST", "/api/credits/invitation", service, "{\"code\":\"x\"}")
                        .status())
                .isEqualTo(403);
        assertThat(LEDGER.call("POST", "/api/credits/invitation", TestIdentity.user(ann), "{}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void ofTwoWhoInviteEachOtherAtOnceOneIsInvited() throws Exception {
        var codes = Map.of(ann, codeOf(bob), bob, codeOf(ann));
        var calls = new ArrayList<Callable<Response>>();
        codes.forEach((person, code) -> calls.add(() -> accept(person, code)));
        assertThat(statuses(calls)).containsExactlyInAnyOrder(200, 409);
    }

    @Test
    void anInvitationAndManyRechargesAtOnceRewardOnceOrNotAtAll() throws Exception {
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"))) {
            for (int round = 0; round < 5; round++) {
                var inviter = UUID.randomUUID();
                var invited = UUID.randomUUID();
                var code = codeOf(inviter);
                var calls = new ArrayList<Callable<Response>>();
                calls.add(() -> accept(invited, code));
                for (int i = 0; i < 6; i++) {
                    var ledger = i % 2 == 0 ? LEDGER : other;
                    calls.add(() -> recharge(ledger, invited, 1));
                }
                var statuses = statuses(calls);
                long reward = statuses.getFirst() == 200 ? HUNDRED : 0;
                assertThat(statuses.subList(1, 7)).containsOnly(200);
                assertThat(PEOPLE.posted(inviter)).isEqualTo(People.SIGN_UP + reward);
                assertThat(PEOPLE.posted(invited)).isEqualTo(People.SIGN_UP + reward + 6_000_000);
            }
        }
    }

    @Test
    void goldAddsAFifthToARechargeAndItStays() {
        assertThat(recharge(ann, 10).body().get("credits").toString()).isEqualTo("530");
        assertThat(tier("PUT", ann, ADMIN, "{\"tier\":\"gold\"}")
                        .body()
                        .get("recharge_bonus")
                        .toString())
                .isEqualTo("0.2");
        assertThat(recharge(ann, 10).body().get("credits").toString()).isEqualTo("542");
        assertThat(LEDGER.number("SELECT count(*) FROM credit_grant g JOIN account a ON a.id = g.account"
                        + " WHERE person = '" + ann + "' AND origin = 'tier_bonus' AND expires_at IS NULL"
                        + " AND amount = 2000000"))
                .isEqualTo(1);
        // The least amounts are rounded down.
        var admin = "{\"user_id\":\"" + ann + "\",\"credits\":0.000004}";
        assertThat(LEDGER.call("POST", "/api/credits/recharge", ADMIN, admin).status())
                .isEqualTo(200);
        assertThat(PEOPLE.posted(ann)).isEqualTo(542_000_004);
    }

    @Test
    void administratorsSetTiersAndEachChangeIsKept() {
        PEOPLE.lease(ann, 1, 1);
        var own = TestIdentity.user(ann);
        assertThat(tier("GET", ann, own, "").body().get("tier").asString()).isEqualTo("bronze");
        assertThat(tier("GET", ann, TestIdentity.user(bob), "").status()).isEqualTo(404);
        assertThat(tier("GET", bob, ADMIN, "").status()).isEqualTo(404);
        assertThat(tier("PUT", ann, own, "{\"tier\":\"gold\"}").status()).isEqualTo(403);
        assertThat(tier("PUT", bob, ADMIN, "{\"tier\":\"gold\"}").status()).isEqualTo(404);
        for (var bad : List.of("{}", "{\"tier\":\"platinum\"}", "{\"tier\":null}")) {
            assertThat(tier("PUT", ann, ADMIN, bad).status()).as(bad).isEqualTo(400);
        }
        for (var name : List.of("silver", "silver", "gold")) {
            assertThat(tier("PUT", ann, ADMIN, "{\"tier\":\"" + name + "\"}").status())
                    .isEqualTo(200);
        }
        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT c.tier FROM tier_change c JOIN account a ON a.id = c.account WHERE person = ?"
                                        + " ORDER BY c.id",
                                String.class,
                                ann))
                .containsExactly("silver", "gold");
        assertThat(PEOPLE.lease(ann, 1, 1).tier()).isEqualTo("gold");
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

    private static String codeOf(UUID person) {
        return invitation(person).get("code").asString();
    }

    private static JsonNode invitation(UUID person) {
        return LEDGER.call("GET", "/api/credits/invitation", TestIdentity.user(person), "")
                .body();
    }

    private static Response accept(UUID person, String code) {
        return LEDGER.call("POST", "/api/credits/invitation", TestIdentity.user(person), "{\"code\":\"" + code + "\"}");
    }

    private static String refusal(Response response) {
        return response.status() + " " + response.body().get("code").asString();
    }

    private static Response recharge(UUID person, long credits) {
        return recharge(LEDGER, person, credits);
    }

    private static Response recharge(Ledger ledger, UUID person, long credits) {
        People.signUp(ledger, person);
        var body = "{\"user_id\":\"" + person + "\",\"credits\":" + credits + "}";
        return ledger.call("POST", "/api/credits/recharge", ADMIN, body);
    }

    private static Response tier(String method, UUID person, String token, String body) {
        return LEDGER.call(method, "/api/credits/tiers/" + person, token, body);
    }
}
