package io.quotabank.ledger.debt;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.escrow.Sweeping;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.ledger.settlement.Settling;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was held while its payment was taken back pays the debt as it comes back, however it comes. */
class HeldDebtIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final long CREDIT = 1_000_000;
    private static final long FEN = 10_000;

    private final UUID buyer = UUID.randomUUID();
    private final People people = new People(LEDGER);
    private final Application video = new Application(LEDGER);
    private UUID order;

    /** 520 given credits and 1,000 paid ones. */
    @BeforeEach
    void buys() {
        People.signUp(LEDGER, buyer);
        order = Paying.paid(LEDGER, buyer, FEN, Credits.of(1_000));
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void aReleasedHoldPays() {
        var hold = video.opened(buyer, "1500");
        dispute(DisputeState.OPEN);
        assertThat(people.debt(buyer)).isEqualTo(980 * CREDIT);

        var told = video.release(hold);

        assertThat(told.body().get("available").toString()).isEqualTo("520");
        assertThat(people.debt(buyer)).isZero();
        assertThat(people.posted(buyer)).isEqualTo(520 * CREDIT);
        assertThat(people.given(buyer)).isEqualTo(520 * CREDIT);
    }

    @Test
    void aBalanceTellsWhoeverMaySeeItWhatIsOwed() {
        assertThat(told(TestIdentity.user(buyer))).isEqualTo("1520, owed 0");
        var hold = video.opened(buyer, "1500");
        dispute(DisputeState.OPEN);
        for (var token : List.of(TestIdentity.user(buyer), Applications.admin(), Applications.videos())) {
            assertThat(told(token)).isEqualTo("1500, owed 980");
        }
        video.release(hold);
        assertThat(told(TestIdentity.user(buyer))).isEqualTo("520, owed 0");
    }

    @Test
    void theRemainderOfAHoldPays() {
        var hold = video.opened(buyer, "1500");
        dispute(DisputeState.OPEN);

        video.settle(hold, "700", ",\"last\":true");

        assertThat(people.debt(buyer)).isEqualTo(180 * CREDIT);
        assertThat(people.posted(buyer)).isZero();
    }

    @Test
    void aHoldThatExpiresPaysWhoeverFindsIt() {
        var hold = video.opened(buyer, "300");
        var longer = video.opened(buyer, "400");
        var other = video.opened(buyer, "800");
        dispute(DisputeState.OPEN);
        Application.expiredFor(LEDGER, hold, Duration.ofSeconds(1));
        Sweeping.sweep(LEDGER);
        assertThat(people.debt(buyer)).isEqualTo(680 * CREDIT);

        Application.expiredFor(LEDGER, longer, Duration.ofSeconds(1));
        assertThat(video.extend(longer, "{\"amount\":1}").status()).isEqualTo(409);
        assertThat(people.debt(buyer)).isEqualTo(280 * CREDIT);

        Application.expiredFor(LEDGER, other, Duration.ofSeconds(1));
        assertThat(Applications.told(video.settle(other, "800", ""))).isEqualTo("400 insufficient_credits");

        assertThat(people.debt(buyer)).isZero();
        assertThat(people.posted(buyer)).isEqualTo(520 * CREDIT);
    }

    @Test
    void aLeaseThatEndsPaysBeforeTheNextOneIsGranted() {
        var lease = people.lease(buyer, 1_500 * CREDIT, 1_500 * CREDIT).leaseId();
        dispute(DisputeState.OPEN);

        var next = people.lease(buyer, CREDIT, 1_000 * CREDIT, People.statement(lease, 1, 0, true));

        assertThat(people.debt(buyer)).isZero();
        assertThat(next.available()).isEqualTo(Credits.of(260));
        assertThat(people.posted(buyer)).isEqualTo(520 * CREDIT);
    }

    @Test
    void aStatementPaysByItself() {
        var lease = people.lease(buyer, 1_500 * CREDIT, 1_500 * CREDIT).leaseId();
        dispute(DisputeState.OPEN);
        Settling.settle(LEDGER, buyer, lease, 300 * CREDIT);

        assertThat(people.state(People.statement(lease, 1, 300 * CREDIT, true))).isEqualTo(200);

        assertThat(people.debt(buyer)).isZero();
        assertThat(people.posted(buyer)).isEqualTo(220 * CREDIT);
    }

    @Test
    void whatIsChargedOfAHoldIsNoLongerThereToPay() {
        var hold = video.opened(buyer, "1500");
        dispute(DisputeState.OPEN);
        video.settle(hold, "1500", "");
        gift("later", 100);
        var next = video.opened(buyer, "100");

        video.release(next);

        assertThat(people.debt(buyer)).isEqualTo(980 * CREDIT);
        assertThat(people.posted(buyer)).as("a gift that came later is for use").isEqualTo(100 * CREDIT);
    }

    @Test
    void whoOwesIsRefusedNothingThatIsTheirs() {
        var hold = video.opened(buyer, "1500");
        dispute(DisputeState.OPEN);
        gift("later", 100);

        assertThat(new Applications(LEDGER)
                        .consume(Applications.videos(), buyer, "\"action\":\"video\"")
                        .status())
                .isEqualTo(200);
        assertThat(video.open(buyer, "50", "").status()).isEqualTo(200);
        assertThat(video.settle(hold, "1500", "").status()).isEqualTo(200);
    }

    @Test
    void aWonDisputeFreesWhatIsHeld() {
        var hold = video.opened(buyer, "1500");
        dispute(DisputeState.OPEN);
        dispute(DisputeState.WON);
        assertThat(people.debt(buyer)).isZero();

        video.release(hold);

        assertThat(people.posted(buyer)).isEqualTo(1_520 * CREDIT);
    }

    @Test
    void givenCreditsThatWereHeldPayAsTheyWouldHaveWhenAvailable() {
        new Applications(LEDGER).consume(Applications.videos(), buyer, "\"action\":\"model\",\"amount\":1520");
        gift("beside", 100);
        var hold = video.opened(buyer, "100");
        dispute(DisputeState.OPEN);
        assertThat(people.debt(buyer)).isEqualTo(1_000 * CREDIT);

        video.release(hold);

        assertThat(people.debt(buyer)).isEqualTo(900 * CREDIT);
        assertThat(people.posted(buyer)).isZero();
    }

    @Test
    void theRefundOfAConsumptionPaysWithItsPaidPart() {
        var applications = new Applications(LEDGER);
        var id = applications
                .consume(Applications.videos(), buyer, "\"action\":\"model\",\"amount\":1500")
                .body()
                .get("id")
                .asString();
        dispute(DisputeState.OPEN);
        assertThat(people.debt(buyer)).isEqualTo(980 * CREDIT);

        applications.refund(Applications.videos(), id, "");

        assertThat(people.debt(buyer)).isZero();
        assertThat(people.posted(buyer)).isEqualTo(520 * CREDIT);
        assertThat(people.given(buyer)).isEqualTo(520 * CREDIT);
    }

    private void dispute(DisputeState state) {
        Paying.dispute(LEDGER, order, FEN, state);
    }

    private void gift(String name, long credits) {
        var grants = LEDGER.bean(Grants.class);
        grants.give(grants.welcome(buyer), Gift.of(name + buyer, Origin.CODE, Credits.of(credits), null));
    }

    private String told(String token) {
        var body =
                LEDGER.call("GET", "/api/credits/balance/" + buyer, token, "").body();
        return body.get("credits") + ", owed " + body.get("debt");
    }
}
