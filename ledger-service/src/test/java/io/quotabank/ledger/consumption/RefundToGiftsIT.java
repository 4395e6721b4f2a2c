package io.quotabank.ledger.consumption;

import static io.quotabank.ledger.Applications.key;
import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.transfer.Expiry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A refund gives each gift back what it gave, so that nobody makes lasting credits of given ones. */
class RefundToGiftsIT {

    private static final Ledger LEDGER =
            Ledger.with(Map.of("quotabank.grant.sweep-every", "1h"), TestClock.InPlaceOfTheSystems.class);
    private static final TestClock CLOCK = TestClock.of(LEDGER);
    private static final Applications APPLICATIONS = new Applications(LEDGER);
    private static final Duration SOON = Duration.ofMillis(5);
    private static final long CREDIT = 1_000_000;

    private final UUID user = UUID.randomUUID();
    private final People people = new People(LEDGER);

    @BeforeEach
    void signsUp() {
        People.signUp(LEDGER, user);
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @Test
    void givenCreditsComeBackAsGivenOnesAndPaidOnesAsPaid() {
        recharge(100);
        var whole = consumed(600);
        assertThat(left()).containsExactly(0L);

        assertThat(told(refund(whole, ""))).isEqualTo("200");

        assertThat(left()).containsExactly(520 * CREDIT);
        assertThat(people.given(user)).isEqualTo(520 * CREDIT);
        assertThat(posted()).isEqualTo(620 * CREDIT);
        assertThat(expiring()).hasToString("[520]");
    }

    @Test
    void aPartGivesBackWhatWasTakenLast() {
        gift("a", 30, null);
        recharge(10);
        // 520 of the sign-up, 30 of the gift that never expires, 5 paid ones.
        var id = consumed(555);

        assertThat(told(refund(id, "{\"amount\":15}"))).isEqualTo("200");

        assertThat(left()).containsExactly(0L, 10 * CREDIT);
        assertThat(posted()).isEqualTo(20 * CREDIT);
    }

    @Test
    void ofAConsumptionThatBeganWithinAGiftItGetsBackItsPart() {
        consumed(100);
        var second = consumed(300);
        gift("a", 30, null);
        consumed(120);
        assertThat(left()).containsExactly(0L, 30 * CREDIT);

        refund(second, "");

        assertThat(left()).containsExactly(300 * CREDIT, 30 * CREDIT);
        assertThat(people.given(user)).isEqualTo(330 * CREDIT);
    }

    @Test
    void whatGoesBackToAGiftWhoseTimeIsOverExpiresAtOnceAndTheAnswerSaysSo() {
        gift("a", 30, SOON);
        recharge(10);
        var id = consumed(40);
        CLOCK.pass(SOON);

        var told = refund(id, "{\"amount\":35}", "Accept-Language", "en");

        assertThat(told.body().get("refunded").toString()).isEqualTo("35");
        assertThat(told.body().get("expired").toString()).isEqualTo("25");
        assertThat(told.body().get("credits").toString()).isEqualTo("530");
        assertThat(told.body().get("message").asString())
                .isEqualTo("Refunded 35 credits, 25 of them of bonus credits that have expired or were taken back, the"
                        + " balance is 530 credits");
        assertThat(history()).containsExactly("expiry", "consume_refund", "model", "recharge", "bonus", "bonus");
    }

    @Test
    void roundsOfConsumptionAndRefundMakeNothingLasting() {
        for (int i = 0; i < 5; i++) {
            assertThat(told(refund(consumed(520), "", key("r" + i + user)))).isEqualTo("200");
        }
        assertThat(people.given(user)).isEqualTo(520 * CREDIT);
        assertThat(posted()).isEqualTo(520 * CREDIT);
    }

    @Test
    void aGiftThatEndedWhileItsCreditsWereAwayStaysEndedForAHoldToo() {
        gift("a", 30, SOON);
        var id = consumed(30);
        var second = consumed(10);
        CLOCK.pass(SOON);
        refund(id, "");
        refund(second, "");
        assertThat(posted()).isEqualTo(520 * CREDIT);
        assertThat(left()).containsExactly(520 * CREDIT, 0L);
        assertThat(LEDGER.number(
                        "SELECT sum(amount) FROM transfer WHERE type = 'expiry' AND debit = ?",
                        account().value()))
                .isEqualTo(30 * CREDIT);
    }

    private static Response refund(String consumption, String body, String... headers) {
        return APPLICATIONS.refund(videos(), consumption, body, headers);
    }

    private String consumed(long credits) {
        return APPLICATIONS
                .consume(videos(), user, "\"action\":\"model\",\"amount\":" + credits)
                .body()
                .get("id")
                .asString();
    }

    private void recharge(long credits) {
        var body = "{\"user_id\":\"" + user + "\",\"credits\":" + credits + "}";
        LEDGER.call("POST", "/api/credits/recharge", Applications.admin(), body);
    }

    /** @param lives null for ever */
    private void gift(String name, long credits, Duration lives) {
        var until = lives == null ? null : CLOCK.instant().plus(lives);
        var gift = Gift.of(name + user, Origin.CODE, Credits.of(credits), until);
        LEDGER.bean(Grants.class).give(account(), gift);
    }

    private AccountId account() {
        return LEDGER.bean(Grants.class).welcome(user);
    }

    /** What each gift has left, the oldest first, once what was spent is spread over them. */
    private List<Long> left() {
        LEDGER.bean(Expiry.class).book(account());
        return LEDGER.jdbc()
                .queryForList(
                        "SELECT amount - gone FROM credit_grant WHERE account = ? ORDER BY transfer",
                        Long.class,
                        account().value());
    }

    private long posted() {
        return people.posted(user);
    }

    private JsonNode balance() {
        return LEDGER.call("GET", "/api/credits/balance/" + user, Applications.admin(), "")
                .body();
    }

    private List<String> expiring() {
        return balance()
                .get("expiring")
                .valueStream()
                .map(each -> each.get("amount").toString())
                .toList();
    }

    private List<String> history() {
        return LEDGER.call("GET", "/api/credits/history/" + user, Applications.admin(), "")
                .body()
                .get("history")
                .valueStream()
                .map(entry -> entry.get("action").asString())
                .toList();
    }
}
