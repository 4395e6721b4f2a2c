package io.quotabank.ledger.reward;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An invitation's gifts go and come with the recharge that brought them. */
class ReversalIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Applications APPLICATIONS = new Applications(LEDGER);
    private static final long CREDIT = 1_000_000;
    private static final long FEN = 10_000;

    private final UUID ann = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();
    private final People people = new People(LEDGER);
    private UUID order;

    /** Ann invites Bob, who buys 1,000 credits: 620 and 1,620. */
    @BeforeEach
    void buys() {
        People.invite(LEDGER, ann, bob);
        order = pay(bob);
        assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(1_620 * CREDIT);
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void whatIsUnspentOfBothGoesAndComesAgainWhereTheDisputeIsWon() {
        dispute(FEN, DisputeState.OPEN);
        assertThat(people.posted(ann)).isEqualTo(520 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(520 * CREDIT);
        assertThat(people.debt(ann) + people.debt(bob)).isZero();

        dispute(FEN, DisputeState.WON);

        assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(1_620 * CREDIT);
        assertThat(people.given(bob)).isEqualTo(620 * CREDIT);
    }

    @Test
    void theHistoryOfBothSaysThatTheGiftWentWithTheRechargeAndNotThatItExpired() {
        consume(bob, 560);
        dispute(FEN, DisputeState.OPEN);

        assertThat(told(ann, "en")).containsExactly("bonus_refund -100 Bonus taken back with its recharge");
        assertThat(told(ann, "zh")).containsExactly("bonus_refund -100 充值退回，收回赠送");
        // What was left of his, and what he spent of it.
        assertThat(told(bob, "en"))
                .containsExactly(
                        "bonus_refund -40 Bonus taken back with its recharge",
                        "bonus_refund -60 Bonus taken back with its recharge");
        assertThat(LEDGER.number("SELECT count(*) FROM transfer t JOIN account a ON a.id = t.debit"
                        + " WHERE t.type = 'expiry' AND a.code IN ('user:" + ann + "', 'user:" + bob + "')"))
                .isZero();
    }

    @Test
    void whatWasSpentIsAskedBackOfTheInvitedAloneAndGivenBackWhereTheDisputeIsWon() {
        consume(ann, 600);
        consume(bob, 1_600);

        dispute(FEN, DisputeState.OPEN);

        // Ann has 20 of her gift left, and owes nothing of the 80 that she spent.
        assertThat(people.posted(ann)).isZero();
        assertThat(people.debt(ann)).isZero();
        // 20 are left of the recharge; 980 of it and all of the gift are owed.
        assertThat(people.posted(bob)).isZero();
        assertThat(people.debt(bob)).isEqualTo(1_080 * CREDIT);

        dispute(FEN, DisputeState.WON);

        assertThat(people.posted(ann)).isEqualTo(20 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(20 * CREDIT);
        assertThat(people.debt(bob)).isZero();
    }

    @Test
    void aPartialRefundLeavesTheGiftsAsLongAsTheLeastOfAPackageStays() {
        refund("1", FEN - 1_000);
        assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(720 * CREDIT);

        refund("2", 1);

        assertThat(people.posted(ann)).isEqualTo(520 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(619_900_000);
        refund("3", 999);
        assertThat(people.posted(bob)).isEqualTo(520 * CREDIT);
    }

    @Test
    void aSecondPaymentThatGoesBackTakesNoGift() {
        var second = pay(bob);
        Paying.dispute(LEDGER, second, FEN, DisputeState.OPEN);

        assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(1_620 * CREDIT);
    }

    @Test
    void anotherRechargeDoesNotBringTheGiftsASecondTime() {
        dispute(FEN, DisputeState.LOST);
        pay(bob);

        assertThat(people.posted(ann)).isEqualTo(520 * CREDIT);
        assertThat(people.posted(bob)).isEqualTo(1_520 * CREDIT);
    }

    @Test
    void aRefundThatIsKnownBeforeItsPaymentLeavesNothingOfTheGifts() {
        var carl = UUID.randomUUID();
        People.invite(LEDGER, ann, carl);
        var early = Paying.order(LEDGER, carl, FEN, Credits.of(1_000));
        Paying.take(LEDGER, new Event.Refunded("t" + early, "r" + early, FEN, false, RefundState.SUCCEEDED));

        Paying.pay(LEDGER, early, FEN);

        assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
        assertThat(people.posted(carl)).isEqualTo(520 * CREDIT);
    }

    @Test
    void whatAHoldHasOfTheGiftStaysWithItAndIsNobodysWhenItComesBack() {
        var video = new Application(LEDGER);
        var hold = video.opened(ann, "600");
        dispute(FEN, DisputeState.OPEN);
        // 20 of the gift were free; 80 are the hold's.
        assertThat(people.posted(ann)).isEqualTo(600 * CREDIT);

        video.release(hold);

        assertThat(LEDGER.call("GET", "/api/credits/balance/" + ann, Applications.admin(), "")
                        .body()
                        .get("credits")
                        .toString())
                .isEqualTo("520");
        assertThat(people.debt(ann)).isZero();
    }

    @Test
    void aConsumptionOfAGiftThatWasAskedBackComesBackAsWhatWasPaidForIt() {
        var id = consume(bob, 620);
        dispute(FEN, DisputeState.OPEN);
        assertThat(people.posted(bob)).isZero();
        assertThat(people.debt(bob)).isEqualTo(100 * CREDIT);

        APPLICATIONS.refund(Applications.videos(), id, "");

        // 520 of the sign-up; the 100 of the invitation pay for what was asked for them.
        assertThat(people.debt(bob)).isZero();
        assertThat(people.posted(bob)).isEqualTo(520 * CREDIT);
        dispute(FEN, DisputeState.WON);
        assertThat(people.posted(bob)).isEqualTo(1_620 * CREDIT);
        assertThat(people.given(bob)).isEqualTo(620 * CREDIT);
    }

    @Test
    void aConsumptionOfTheInvitersGiftComesBackToNobodyWhileTheGiftIsGone() {
        var id = consume(ann, 620);
        dispute(FEN, DisputeState.OPEN);

        var told = APPLICATIONS.refund(Applications.videos(), id, "");

        assertThat(told.body().get("expired").toString()).isEqualTo("100");
        assertThat(people.posted(ann)).isEqualTo(520 * CREDIT);
        dispute(FEN, DisputeState.WON);
        assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
    }

    @Test
    void disputesThatComeAndGoMoveEachGiftOnceEachTime() {
        consume(bob, 570);
        for (int i = 0; i < 4; i++) {
            var key = "d" + i + order;
            for (int again = 0; again < 2; again++) {
                Paying.take(LEDGER, new Event.Disputed("t" + order, key, FEN, DisputeState.OPEN));
            }
            assertThat(people.posted(ann)).isEqualTo(520 * CREDIT);
            assertThat(people.posted(bob) - people.debt(bob)).isEqualTo(-50 * CREDIT);
            Paying.take(LEDGER, new Event.Disputed("t" + order, key, FEN, DisputeState.WON));
            assertThat(people.posted(ann)).isEqualTo(620 * CREDIT);
            assertThat(people.posted(bob)).isEqualTo(1_050 * CREDIT);
            assertThat(people.debt(bob)).isZero();
        }
    }

    private static List<String> told(UUID person, String language) {
        var history =
                LEDGER.call("GET", "/api/credits/history", TestIdentity.user(person), "", "Accept-Language", language);
        return history.body()
                .get("history")
                .valueStream()
                .filter(entry -> entry.get("amount").asDouble() < 0)
                .filter(entry -> !List.of("model", "chargeback")
                        .contains(entry.get("action").asString()))
                .map(entry -> entry.get("action").asString() + " " + entry.get("amount") + " "
                        + entry.get("description").asString())
                .toList();
    }

    private static UUID pay(UUID buyer) {
        return Paying.paid(LEDGER, buyer, FEN, Credits.of(1_000));
    }

    private void dispute(long fen, DisputeState state) {
        Paying.dispute(LEDGER, order, fen, state);
    }

    private void refund(String name, long fen) {
        Paying.take(LEDGER, new Event.Refunded("t" + order, name + order, fen, false, RefundState.SUCCEEDED));
    }

    private static String consume(UUID person, long credits) {
        return APPLICATIONS
                .consume(Applications.videos(), person, "\"action\":\"model\",\"amount\":" + credits)
                .body()
                .get("id")
                .asString();
    }
}
