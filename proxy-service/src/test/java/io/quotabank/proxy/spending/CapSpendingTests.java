package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.spending.Spending.Outcome;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Access keys with caps: each has a wallet of its own, and its newest cap counts. */
class CapSpendingTests {

    private static final long PLENTY = 1_000_000;

    private final UUID user = UUID.randomUUID();
    private final UUID key = UUID.randomUUID();
    private final FakeLedger ledger = new FakeLedger().with(user, PLENTY);
    private final Spendings here =
            new Spendings(ledger, Spendings.settings(Duration.ofSeconds(60), Duration.ofMillis(500)));

    @AfterEach
    void close() {
        here.close();
        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void refusesWhatTheCapHasNotAndServesKeysWithoutOne() {
        assertThat(here.reserve(user, cap(1, 1_000), 1_000)).isInstanceOf(Outcome.Reserved.class);
        assertThat(here.reserve(user, cap(1, 1_000), 1))
                .isEqualTo(new Outcome.Insufficient(Credits.ZERO, new Credits(1), "bronze", true));
        assertThat(here.reserve(user, 1_000)).isInstanceOf(Outcome.Reserved.class);
    }

    @Test
    void saysThatTheUserIsShortWhereTheUserHasLessThanTheCap() {
        assertThat(here.reserve(user, cap(1, 2 * PLENTY), PLENTY)).isInstanceOf(Outcome.Reserved.class);
        assertThat(here.reserve(user, cap(1, 2 * PLENTY), 1))
                .isEqualTo(new Outcome.Insufficient(Credits.ZERO, new Credits(1), "bronze", false));
    }

    @Test
    void heedsALoweredCapThoughALeaseUnderTheOldOneHasRoom() {
        Spendings.close(user, reserved(cap(1, 1_000), 100), 100);
        assertThat(here.wallets.of(user, cap(1, 1_000)).lease().rest()).isNotEqualTo(Credits.ZERO);

        assertThat(here.reserve(user, cap(2, 150), 51)).isInstanceOf(Outcome.Insufficient.class);
        assertThat(here.reserve(user, cap(2, 150), 50)).isInstanceOf(Outcome.Reserved.class);
        assertThat(ledger.taken(key)).isEqualTo(150);
        assertThat(here.reserve(user, cap(1, 1_000), 1))
                .as("by a late word of the old cap")
                .isInstanceOf(Outcome.Insufficient.class);
    }

    @Test
    void heedsARaisedCap() {
        here.reserve(user, cap(1, 100), 100);
        assertThat(here.reserve(user, cap(1, 100), 1)).isInstanceOf(Outcome.Insufficient.class);
        assertThat(here.reserve(user, cap(2, 101), 1)).isInstanceOf(Outcome.Reserved.class);
    }

    @Test
    void withTheLedgerAwayALeaseServesUnlessTheCapWasChanged() {
        Spendings.close(user, reserved(cap(1, 1_000), 100), 100);
        ledger.failBefore(new IllegalStateException(new ConnectException("refused")));
        assertThat(here.reserve(user, cap(1, 1_000), 100)).isInstanceOf(Outcome.Reserved.class);
        assertThat(here.reserve(user, cap(2, 1_000), 100)).isInstanceOf(Outcome.Unavailable.class);
        ledger.failBefore(null);
        await().untilAsserted(
                        () -> assertThat(here.reserve(user, cap(2, 1_000), 100)).isInstanceOf(Outcome.Reserved.class));
    }

    @Test
    void aLongStreamExtendsWithinTheCapOnly() {
        var reservation = reserved(cap(1, 1_000), 400);
        assertThat(reservation.extend(new Credits(600))).isTrue();
        assertThat(reservation.extend(new Credits(1))).isFalse();
        Spendings.close(user, reservation, 1_000);
        assertThat(ledger.taken(key)).isEqualTo(1_000);
    }

    @Test
    void aKilledProcessGivesTheCapBackWhatWasNotSpent() {
        ledger.recallsBy((Recall recall) -> here.spending.recall(recall.leaseId()));
        Spendings.close(user, reserved(cap(1, 1_000), 100), 30);
        reserved(cap(1, 1_000), 500);
        for (var statement : here.journal.kill().statements()) {
            ledger.state(statement.leaseId(), statement);
        }
        assertThat(ledger.taken(key)).isEqualTo(30);
    }

    @Test
    void manyAtOnceOnTwoInstancesSpendACapToItsEndAndNoFurther() throws Exception {
        int paid = 50;
        long cost = 1_000;
        var cap = cap(1, paid * cost + cost / 2);
        try (var other = new Spendings(ledger)) {
            ledger.recallsBy(
                    recall -> here.spending.recall(recall.leaseId()).or(() -> other.spending.recall(recall.leaseId())));
            var succeeded = new AtomicLong();
            var calls = new ArrayList<Callable<Void>>();
            for (int i = 0; i < 200; i++) {
                calls.add(() -> {
                    // Refused ones ask again: another may still give something back.
                    while (succeeded.get() < paid) {
                        var at = ThreadLocalRandom.current().nextBoolean() ? here : other;
                        if (at.reserve(user, cap, cost) instanceof Outcome.Reserved(var reservation)) {
                            ledger.settle(Spendings.close(user, reservation, cost));
                            succeeded.incrementAndGet();
                            return null;
                        }
                    }
                    return null;
                });
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var call : threads.invokeAll(calls)) {
                    call.get();
                }
            }
            assertThat(succeeded.get()).isEqualTo(paid);
            assertThat(here.reserve(user, cap, cost)).isInstanceOf(Outcome.Insufficient.class);
            assertThat(other.reserve(user, cap, cost)).isInstanceOf(Outcome.Insufficient.class);
            assertThat(ledger.posted(user)).isEqualTo(PLENTY - paid * cost);
            assertThat(ledger.loss()).isZero();
        }
    }

    private Reservation reserved(SpendingCap cap, long micro) {
        return ((Outcome.Reserved) here.reserve(user, cap, micro)).reservation();
    }

    private SpendingCap cap(long version, long total) {
        return new SpendingCap(key, version, new Credits(total), null, null);
    }
}
