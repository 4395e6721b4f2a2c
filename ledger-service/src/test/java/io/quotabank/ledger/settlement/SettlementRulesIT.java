package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ledger's side of the endings that docs/settlement.md lists, through the real topic. */
class SettlementRulesIT {

    private static Ledger ledger;
    private static People people;

    private final UUID buyer = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();

    @BeforeAll
    static void start() {
        ledger = Ledger.consuming(Map.of());
        people = new People(ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void aCompleteAnswerIsPaidByItsBuyerAndSharedBetweenOwnerAndPlatform() {
        var lease = people.lease(buyer, 100, 1_000).leaseId();
        var event = TestUsage.of(buyer)
                .cost(101)
                .from(lease, 200)
                .served(owner, 101)
                .closed();
        people.settled(event);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 101);
        assertThat(people.earned(owner)).isEqualTo(95);
        assertThat(row(event))
                .containsEntry("charge", 101L)
                .containsEntry("loss", 0L)
                .containsEntry("platform_part", 6L);
    }

    @Test
    void aRefusedRequestCostsNobodyAnythingAndIsKept() {
        var lease = people.lease(buyer, 100, 100).leaseId();
        var event = TestUsage.of(buyer)
                .outcome(Outcome.UPSTREAM_REFUSED)
                .from(lease, 100)
                .served(owner, 0)
                .closed();
        people.settled(event);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(people.earned(owner)).isZero();
        assertThat(row(event)).containsEntry("outcome", "upstream_refused").containsEntry("charge", 0L);
    }

    @Test
    void failedAttemptsThatServedArePaidToTheirOwnersByThePlatform() {
        var first = UUID.randomUUID();
        var lease = people.lease(buyer, 100, 100).leaseId();
        var event = TestUsage.of(buyer)
                .cost(40)
                .from(lease, 100)
                .served(first, 21)
                .served(owner, 40)
                .closed();
        people.settled(event);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 40);
        assertThat(people.earned(first)).isEqualTo(19);
        assertThat(people.earned(owner)).isEqualTo(38);
        assertThat(row(event)).containsEntry("loss", 21L).containsEntry("platform_part", 4L);
    }

    @Test
    void nothingDeliveredAndNothingServedLeavesARecordOnly() {
        var event = TestUsage.of(buyer).outcome(Outcome.ABANDONED).closed();
        people.settled(event);

        assertThat(row(event)).containsEntry("served", 0L).containsEntry("attempts", 0);
        assertThat(ledger.number("SELECT count(*) FROM transfer WHERE id = ?", event.requestId()))
                .isZero();
    }

    @Test
    void anEventAfterItsHoldWasReleasedIsBorneByThePlatform() {
        var lease = people.lease(buyer, 100, 100).leaseId();
        people.state(People.statement(lease, 1, 0, true));
        assertThat(people.status(lease)).isEqualTo("released");

        var event =
                TestUsage.of(buyer).cost(60).from(lease, 100).served(owner, 60).closed();
        people.settled(event);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP);
        assertThat(people.earned(owner)).isEqualTo(57);
        assertThat(row(event)).containsEntry("charge", 0L).containsEntry("loss", 60L);
    }

    @Test
    void anEventOfAHoldThatWasNeverOpenedIsBorneByThePlatform() {
        var event = TestUsage.of(buyer)
                .cost(60)
                .from(TestUsage.IDS.next(), 100)
                .served(owner, 60)
                .closed();
        people.settled(event);

        assertThat(row(event)).containsEntry("charge", 0L).containsEntry("loss", 60L);
        assertThat(people.earned(owner)).isEqualTo(57);
    }

    @Test
    void aCostAboveTheReservationTakesAtMostWhatTheLeaseStillHas() {
        var lease = people.lease(buyer, 100, 100).leaseId();
        var event =
                TestUsage.of(buyer).cost(130).from(lease, 50).served(owner, 130).closed();
        people.settled(event);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 100);
        assertThat(people.held(buyer)).isZero();
        assertThat(people.status(lease)).isEqualTo("exhausted");
        assertThat(people.earned(owner)).isEqualTo(123);
        assertThat(row(event)).containsEntry("charge", 100L).containsEntry("loss", 30L);
    }

    @Test
    void severalHoldsPayInTheirOrderAndTheLastOneTheRest() {
        var first = people.lease(buyer, 100, 100).leaseId();
        var second = people.lease(buyer, 100, 100).leaseId();
        var event = TestUsage.of(buyer)
                .cost(120)
                .from(first, 30)
                .from(second, 10)
                .served(owner, 120)
                .closed();
        people.settled(event);

        assertThat(left(first)).isEqualTo(70);
        assertThat(left(second)).isEqualTo(10);
    }

    @Test
    void twoInstancesOfOneUserSettleFromTheirOwnLeases() {
        var one = people.lease(buyer, 1_000, 1_000).leaseId();
        var two = people.lease(buyer, 1_000, 1_000).leaseId();
        people.settled(
                TestUsage.of(buyer).cost(300).from(one, 300).served(owner, 300).closed());
        people.settled(
                TestUsage.of(buyer).cost(500).from(two, 500).served(owner, 500).closed());

        assertThat(left(one)).isEqualTo(700);
        assertThat(left(two)).isEqualTo(500);
        assertThat(people.held(buyer)).isEqualTo(1_200);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 800);
    }

    @Test
    void theSameEventAgainChangesNothing() {
        var lease = people.lease(buyer, 1_000, 1_000).leaseId();
        var event = TestUsage.of(buyer)
                .cost(100)
                .from(lease, 100)
                .served(owner, 100)
                .closed();
        UsageTopic.send(event, event, event);
        people.settled(event);
        UsageTopic.send(event);
        fence();

        assertThat(people.settlements(event.requestId())).isEqualTo(1);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 100);
        assertThat(people.earned(owner)).isEqualTo(95);
        assertThat(ledger.number("SELECT count(*) FROM settlement_correction WHERE request = ?", event.requestId()))
                .isZero();
    }

    @Test
    void aSecondDifferentRecordPaysItsOwnerTheRestAndNeverChargesTheBuyerMore() {
        var lease = people.lease(buyer, 1_000, 1_000).leaseId();
        var request = TestUsage.IDS.next();
        var abandoned = TestUsage.of(buyer)
                .request(request)
                .outcome(Outcome.ABANDONED)
                .cost(40)
                .from(lease, 100)
                .served(owner, 40)
                .closed();
        var complete = TestUsage.of(buyer)
                .request(request)
                .cost(100)
                .from(lease, 100)
                .served(owner, 100)
                .closed();
        UsageTopic.send(abandoned, complete, abandoned, complete);
        people.settled(abandoned);
        UsageTopic.send(complete, abandoned);
        fence();

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 40);
        assertThat(people.earned(owner)).isEqualTo(95);
        assertThat(row(abandoned)).containsEntry("charge", 40L).containsEntry("owners_part", 38L);
        assertThat(ledger.jdbc()
                        .queryForMap("SELECT loss, owners_part FROM settlement_correction WHERE request = ?", request))
                .containsEntry("loss", 57L)
                .containsEntry("owners_part", 57L);
    }

    @Test
    void aSecondRecordThatServedLessTakesNothingBack() {
        var lease = people.lease(buyer, 1_000, 1_000).leaseId();
        var request = TestUsage.IDS.next();
        UsageTopic.send(
                TestUsage.of(buyer)
                        .request(request)
                        .cost(100)
                        .from(lease, 100)
                        .served(owner, 100)
                        .closed(),
                TestUsage.of(buyer)
                        .request(request)
                        .cost(40)
                        .from(lease, 100)
                        .served(owner, 40)
                        .closed());
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        ledger.number("SELECT count(*) FROM settlement_correction WHERE request = ?", request) == 1);

        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 100);
        assertThat(people.earned(owner)).isEqualTo(95);
    }

    /** Whatever was sent for this buyer before is done with: the partition keeps the order. */
    private void fence() {
        people.settled(TestUsage.of(buyer).closed());
    }

    private static Map<String, Object> row(Closed event) {
        return ledger.jdbc().queryForMap("SELECT * FROM settlement WHERE request = ?", event.requestId());
    }

    private static long left(UUID hold) {
        return ledger.number("SELECT amount - settled - released FROM hold WHERE id = ?", hold);
    }
}
