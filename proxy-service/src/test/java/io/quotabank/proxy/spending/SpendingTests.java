package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.spending.Spending.Outcome;
import java.net.ConnectException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpendingTests {

    private final RuntimeException refusedConnection = new IllegalStateException(new ConnectException("refused"));
    private final RuntimeException noAnswer = new IllegalStateException("read timed out");

    private final UUID user = UUID.randomUUID();
    private final FakeLedger ledger = new FakeLedger().with(user, 1_000);
    private final Spendings here = new Spendings(ledger);

    @AfterEach
    void close() {
        here.close();
    }

    @Test
    void asksTheLedgerOnceForRequestsThatOneLeaseHolds() {
        for (int i = 0; i < 4; i++) {
            assertThat(here.reserved(user, 100).atMost()).isEqualTo(new Credits(100));
        }

        assertThat(ledger.opens()).isEqualTo(1);
        assertThat(ledger.held(user)).isEqualTo(400);
    }

    @Test
    void asksTheLedgerAFewTimesForManyThatBeginAtOnceAndStayOpen() {
        for (int i = 0; i < 250; i++) {
            here.reserved(user, 4);
        }

        // 16 credits each would make 63. Near the end each lease is half of what is left.
        assertThat(ledger.opens()).isLessThan(20);
    }

    @Test
    void reservesTheLastCreditAndNotOneMore() {
        assertThat(here.reserve(user, 1_000)).isInstanceOf(Outcome.Reserved.class);

        assertThat(here.reserve(user, 1))
                .isEqualTo(new Outcome.Insufficient(Credits.ZERO, new Credits(1), "bronze", false));
    }

    @Test
    void refusesAtOnceWhatCostsNothingWhereNothingIsLeft() {
        assertThat(here.reserve(UUID.randomUUID(), 0))
                .isEqualTo(new Outcome.Insufficient(Credits.ZERO, Credits.ZERO, "bronze", false));
    }

    @Test
    void takesWhatWasSpentAndGivesTheRestBack() {
        var closed = Spendings.close(user, here.reserved(user, 100), 30);
        ledger.settle(closed);

        here.job.turn(0);
        await().until(() -> ledger.held(user) == 0);
        assertThat(ledger.posted(user)).isEqualTo(970);
        assertThat(ledger.loss()).isZero();
    }

    @Test
    void mergesWhatIsLeftHereWithWhatIsAvailableThere() {
        // The lease of 400 has 300 left, 600 are available elsewhere: together 900.
        here.reserved(user, 100);

        assertThat(here.reserve(user, 900)).isInstanceOf(Outcome.Reserved.class);
        assertThat(here.reserve(user, 1)).isInstanceOf(Outcome.Insufficient.class);
    }

    @Test
    void letsAReplacedLeasesRequestEndAsItWould() {
        var first = here.reserved(user, 100);
        here.reserved(user, 900);

        ledger.settle(Spendings.close(user, first, 80));
        assertThat(ledger.loss()).isZero();
        here.job.turn(60_000_000_000L);
        await().until(() -> ledger.held(user) == 900);
    }

    @Test
    void reservesNothingAfterItsHostWasSuspendedForLong() {
        var wallMs = new AtomicLong(1_000);
        var lease = new Lease(UUID.randomUUID(), user, (amount, sequence) -> {}, System.nanoTime(), wallMs::get);
        long tenMinutes = Duration.ofMinutes(10).toNanos();
        lease.grant(new Credits(100), "bronze", System.nanoTime(), tenMinutes);
        assertThat(lease.reserve(UUID.randomUUID(), new Credits(1), System.nanoTime()))
                .isNotNull();

        wallMs.addAndGet(Duration.ofMinutes(10).toMillis());
        assertThat(lease.reserve(UUID.randomUUID(), new Credits(1), System.nanoTime()))
                .isNull();
    }

    @Test
    void asksAgainWhereTheTierTurnsOutDearer() {
        ledger.tier("gold");
        var asked = new AtomicInteger();
        var outcome = here.spending.reserve(UUID.randomUUID(), user, null, tier -> {
            asked.incrementAndGet();
            return new Credits(tier.equals("gold") ? 600 : 500);
        });

        var reservation = ((Outcome.Reserved) outcome).reservation();
        assertThat(reservation.tier()).isEqualTo("gold");
        assertThat(reservation.atMost()).isEqualTo(new Credits(600));
    }

    @Test
    void isNotRefusedByTheMarkupOfAnotherTier() {
        ledger.tier("gold");
        var outcome = here.spending.reserve(
                UUID.randomUUID(), user, null, tier -> new Credits(tier.equals("gold") ? 900 : 1_100));

        assertThat(outcome).isInstanceOf(Outcome.Reserved.class);
    }

    @Test
    void keepsItsLeaseWhereTheLedgerCouldNotBeReached() {
        here.reserved(user, 100);
        ledger.failBefore(refusedConnection);

        assertThat(here.reserve(user, 500)).isInstanceOf(Outcome.Unavailable.class);
        assertThat(here.reserve(user, 300)).isInstanceOf(Outcome.Reserved.class);
    }

    @Test
    void asksForTheSameLeaseAgainWhereTheAnswerWasLost() {
        ledger.failAfter(noAnswer);
        assertThat(here.reserve(user, 100)).isInstanceOf(Outcome.Unavailable.class);
        assertThat(ledger.held(user)).isEqualTo(400);

        ledger.failAfter(null);
        assertThat(here.reserve(user, 100)).isInstanceOf(Outcome.Reserved.class);
        assertThat(ledger.held(user)).isEqualTo(400);
    }

    @Test
    void doesNotTakeAnUnreachableLedgerForOneThatNeverGranted() {
        ledger.failAfter(noAnswer);
        here.reserve(user, 100);
        ledger.failAfter(null);
        ledger.failBefore(refusedConnection);
        assertThat(here.reserve(user, 100)).isInstanceOf(Outcome.Unavailable.class);

        ledger.failBefore(null);
        assertThat(here.reserve(user, 100)).isInstanceOf(Outcome.Reserved.class);
        assertThat(ledger.held(user)).isEqualTo(400);
    }

    @Test
    void extendsFromTheLeaseAndThenFromTheLedger() {
        var reservation = here.reserved(user, 100);

        assertThat(reservation.extend(new Credits(300))).isTrue();
        assertThat(reservation.funding()).hasSize(1);
        assertThat(reservation.extend(new Credits(600))).isTrue();
        assertThat(reservation.funding()).hasSize(2);
        assertThat(reservation.atMost()).isEqualTo(new Credits(1_000));
        assertThat(reservation.extend(new Credits(1))).isFalse();

        ledger.settle(Spendings.close(user, reservation, 950));
        assertThat(ledger.posted(user)).isEqualTo(50);
        assertThat(ledger.loss()).isZero();
    }

    @Test
    void takesBeyondTheReservationOnlyWhatTheLeaseHasLeft() {
        var reservation = here.reserved(user, 100);
        here.reserved(user, 250);

        var closed = Spendings.close(user, reservation, 500);
        assertThat(here.wallets.of(user, null).lease().rest()).isEqualTo(Credits.ZERO);
        ledger.settle(closed);
        assertThat(ledger.posted(user)).isEqualTo(600);
        assertThat(ledger.loss()).isEqualTo(100);
    }

    @Test
    void tellsABalanceThatFallsAsRequestsClose() {
        var reservation = here.reserved(user, 100);
        assertThat(reservation.balance()).isEqualTo(new Credits(1_000));

        Spendings.close(user, reservation, 30);
        assertThat(reservation.balance()).isEqualTo(new Credits(970));
        // Told by the replaced lease's statement and not settled yet: neither twice nor not at all.
        var next = here.reserved(user, 900);
        assertThat(next.balance()).isEqualTo(new Credits(970));
    }

    @Test
    void endsAReservationOnce() {
        var reservation = here.reserved(user, 100);
        var strange = here.reserved(user, 10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reservation.close(Spendings.closed(UUID.randomUUID(), user, strange, 1)));

        Spendings.close(user, reservation, 1);
        assertThatIllegalStateException().isThrownBy(() -> Spendings.close(user, reservation, 1));
        assertThatIllegalStateException().isThrownBy(reservation::release);
    }

    @Test
    void startsNothingWhileTheJournalCantRecordAndEndsWhatRuns() {
        var running = here.reserved(user, 100);
        here.journal.fill(true);
        var closed = Spendings.close(user, running, 40);
        assertThat(here.reserve(user, 1)).isInstanceOf(Outcome.NotRecording.class);

        here.journal.fill(false);
        assertThat(here.reserve(user, 1)).isInstanceOf(Outcome.Reserved.class);
        assertThat(here.journal.kill().closed()).contains(closed);
    }

    @Test
    void refusesAUserBeyondTheMostWallets() {
        for (int i = 0; i < 1_000; i++) {
            here.wallets.of(UUID.randomUUID(), null);
        }

        assertThat(here.reserve(user, 1)).isInstanceOf(Outcome.Unavailable.class);
    }
}
