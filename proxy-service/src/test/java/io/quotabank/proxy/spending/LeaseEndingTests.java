package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.spending.Spending.Outcome;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a lease ends, and that the ledger gets to know of it. */
class LeaseEndingTests {

    private final RuntimeException noAnswer = new IllegalStateException("read timed out");

    private final UUID user = UUID.randomUUID();
    private final FakeLedger ledger = new FakeLedger().with(user, 1_000);
    private final Spendings here = new Spendings(ledger);

    @AfterEach
    void close() {
        here.close();
    }

    @Test
    void answersARecallAtOnceWithWhatIsSpentAndInFlight() {
        var request = UUID.randomUUID();
        Spendings.close(user, here.reserved(user, 100), 30);
        here.spending.reserve(request, user, null, tier -> new Credits(50));
        var lease = here.wallets.of(user, null).lease();

        var statement = here.spending.recall(lease.id()).orElseThrow();

        assertThat(statement.last()).isTrue();
        assertThat(statement.spent()).isEqualTo(new Credits(30));
        assertThat(statement.inFlight()).containsExactly(new InFlight(request, new Credits(50)));
        assertThat(here.spending.recall(lease.id())).contains(statement);
        assertThat(lease.reserve(UUID.randomUUID(), Credits.ZERO, System.nanoTime()))
                .isNull();
        assertThat(here.spending.recall(UUID.randomUUID())).isEmpty();
    }

    @Test
    void tellsOfARecalledLeaseAgainWhenItsRequestsHaveEnded() {
        var running = here.reserved(user, 50);
        var id = here.wallets.of(user, null).lease().id();
        var first = here.spending.recall(id).orElseThrow();
        ledger.state(id, first);
        assertThat(ledger.held(user)).isEqualTo(50);

        var closed = Spendings.close(user, running, 20);
        here.job.turn(60_000_000_000L);
        await().until(() -> ledger.held(user) == 20);
        ledger.settle(closed);
        await().until(() -> {
            here.job.turn(60_000_000_000L);
            return here.leases.size() == 0;
        });
        assertThat(ledger.held(user)).isZero();
    }

    @Test
    void endsAnIdleLeaseAndNotABusyOne() {
        here.reserved(user, 50);
        here.job.turn(Duration.ofSeconds(60).toNanos());
        assertThat(here.wallets.of(user, null).lease()).isNotNull();

        here.job.turn(0);
        assertThat(here.wallets.of(user, null).lease()).isNull();
        await().until(() -> ledger.held(user) == 50);
    }

    @Test
    void reservesNothingFromALeaseThatIsTooOld() {
        ledger.reserveFor(0);
        try (var hasty = new Spendings(ledger, Spendings.settings(Duration.ofSeconds(60), Duration.ofMillis(200)))) {
            assertThat(hasty.reserve(user, 1)).isInstanceOf(Outcome.Unavailable.class);
        }
        var old = new Lease(UUID.randomUUID(), user, (amount, sequence) -> {}, 0, System::currentTimeMillis);
        old.grant(new Credits(100), "bronze", 0, 10);
        assertThat(old.reserve(UUID.randomUUID(), new Credits(1), 9)).isNull();
        // Ten nanoseconds after the process began are long past, whatever the caller's clock said.
        assertThat(old.rest()).isEqualTo(new Credits(100));
    }

    @Test
    void reopensAShutLeaseOnlyWhereTheLedgerWasToldNothing() {
        var lease = new Lease(
                UUID.randomUUID(), user, (amount, sequence) -> {}, System.nanoTime(), System::currentTimeMillis);
        lease.grant(
                new Credits(100),
                "bronze",
                System.nanoTime(),
                Duration.ofMinutes(10).toNanos());
        lease.statement();
        assertThat(lease.reserve(UUID.randomUUID(), new Credits(1), System.nanoTime()))
                .isNull();
        lease.reopen();
        assertThat(lease.reserve(UUID.randomUUID(), new Credits(1), System.nanoTime()))
                .isNotNull();

        // Recalled while it was to be replaced.
        lease.shut();
        lease.lastStatement();
        lease.reopen();
        assertThat(lease.reserve(UUID.randomUUID(), new Credits(1), System.nanoTime()))
                .isNull();
    }

    @Test
    void givesBackALeaseThatNobodyCameBackFor() {
        ledger.failAfter(noAnswer);
        here.reserve(user, 100);
        ledger.failAfter(null);

        await().until(() -> {
            here.job.turn(0);
            return ledger.held(user) == 0 && here.leases.size() == 0;
        });
    }

    @Test
    void usesNoLeaseThatWasRecalledBeforeItsAnswerCame() {
        ledger.recallsBy(recall -> here.spending.recall(recall.leaseId()));
        ledger.failAfter(noAnswer);
        here.reserve(user, 100);
        ledger.failAfter(null);
        try (var other = new Spendings(ledger)) {
            assertThat(other.reserve(user, 1_000)).isInstanceOf(Outcome.Reserved.class);
        }

        assertThat(here.reserve(user, 100)).isInstanceOf(Outcome.Insufficient.class);
    }

    @Test
    void tellsAStatementUntilTheLedgerHasTakenIt() {
        here.reserved(user, 50).release();
        ledger.failBefore(noAnswer);
        here.job.turn(0);
        ledger.failBefore(null);

        await().until(() -> {
            here.job.turn(0);
            return ledger.held(user) == 0 && here.leases.size() == 0;
        });
    }

    @Test
    void leavesTheJournalWhatTheNextProcessNeeds() {
        Spendings.close(user, here.reserved(user, 100), 30);
        here.reserved(user, 50);
        var replayed = here.journal.kill();

        assertThat(replayed.closed()).hasSize(1);
        assertThat(replayed.statements()).singleElement().satisfies(statement -> {
            assertThat(statement.spent()).isEqualTo(new Credits(30));
            assertThat(statement.last()).isTrue();
            ledger.state(statement.leaseId(), statement);
        });
        assertThat(ledger.held(user)).isEqualTo(30);
    }

    @Test
    void asksARecallOfTheOtherInstanceWhereCreditsAreThere() {
        ledger.recallsBy((Recall recall) -> here.spending.recall(recall.leaseId()));
        here.reserved(user, 100).release();
        try (var other = new Spendings(ledger)) {
            assertThat(other.reserve(user, 1_000)).isInstanceOf(Outcome.Reserved.class);
        }
    }
}
