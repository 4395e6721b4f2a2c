package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.proxy.spending.Spending.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SpendingConcurrencyTests {

    private final UUID user = UUID.randomUUID();

    @Test
    void threadsTogetherReserveNeverMoreThanALeaseWasGranted() throws Exception {
        var lease = new Lease(
                UUID.randomUUID(), user, (amount, sequence) -> {}, System.nanoTime(), System::currentTimeMillis);
        lease.grant(
                new Credits(100_000),
                "bronze",
                System.nanoTime(),
                Duration.ofMinutes(10).toNanos());
        var outstanding = new AtomicLong();
        var spent = new AtomicLong();
        var most = new AtomicLong();
        run(8, () -> {
            for (int i = 0; i < 20_000; i++) {
                long atMost = ThreadLocalRandom.current().nextLong(1, 3_000);
                var slice = lease.reserve(UUID.randomUUID(), new Credits(atMost), System.nanoTime());
                if (slice != null) {
                    long now = outstanding.addAndGet(atMost);
                    most.accumulateAndGet(now + spent.get(), Math::max);
                    long take = i % 100 == 0 ? 1 : 0;
                    spent.addAndGet(take);
                    outstanding.addAndGet(-atMost);
                    lease.close(List.of(slice), new Credits(take));
                }
            }
            return null;
        });

        assertThat(most.get()).isBetween(1L, 100_000L);
        assertThat(lease.rest().micro()).isEqualTo(100_000 - spent.get());
        assertThat(lease.lastStatement().spent().micro()).isEqualTo(spent.get());
    }

    @Test
    void aStatementMissesNoRequestThatGotItsReservation() throws Exception {
        for (int round = 0; round < 300; round++) {
            var lease = new Lease(
                    UUID.randomUUID(), user, (amount, sequence) -> {}, System.nanoTime(), System::currentTimeMillis);
            lease.grant(
                    new Credits(1_000),
                    "bronze",
                    System.nanoTime(),
                    Duration.ofMinutes(10).toNanos());
            var reserved = new AtomicLong();
            run(4, () -> {
                for (int i = 0; i < 20; i++) {
                    if (lease.reserve(UUID.randomUUID(), new Credits(10), System.nanoTime()) != null) {
                        reserved.addAndGet(10);
                    }
                    if (i == 10) {
                        lease.lastStatement();
                    }
                }
                return null;
            });
            long told = lease.lastStatement().inFlight().stream()
                    .mapToLong(request -> request.atMost().micro())
                    .sum();

            assertThat(told).isEqualTo(reserved.get());
            assertThat(lease.reserve(UUID.randomUUID(), Credits.ZERO, System.nanoTime()))
                    .isNull();
        }
    }

    @Test
    void asksTheLedgerOnceForManyFirstRequests() throws Exception {
        var ledger = new FakeLedger().with(user, 1_000_000);
        try (var here = new Spendings(ledger)) {
            var outcomes = run(100, () -> here.reserve(user, 10));

            assertThat(outcomes).allMatch(Outcome.Reserved.class::isInstance);
            // Those who wait tell what they need; a few may come too late to be counted.
            assertThat(ledger.opens()).isLessThanOrEqualTo(20);
        }
    }

    @Test
    void exactlyAsManySucceedAsCreditsAllowOverTwoInstances() throws Exception {
        var ledger = new FakeLedger().with(user, 50 * 1_000);
        try (var one = new Spendings(ledger);
                var two = new Spendings(ledger)) {
            ledger.recallsBy(
                    recall -> one.spending.recall(recall.leaseId()).or(() -> two.spending.recall(recall.leaseId())));
            var succeeded = new AtomicLong();
            var closed = new ConcurrentLinkedQueue<Closed>();
            var working = new AtomicLong(200);
            var settling = settling(ledger, closed);
            run(200, () -> {
                var here = ThreadLocalRandom.current().nextBoolean() ? one : two;
                // Refused ones ask again until nobody runs who could give something back.
                while (true) {
                    var quiet = working.get() <= 0 && closed.isEmpty();
                    if (here.reserve(user, 1_000) instanceof Outcome.Reserved(var reservation)) {
                        Thread.sleep(1);
                        closed.add(Spendings.close(user, reservation, 1_000));
                        succeeded.incrementAndGet();
                        working.decrementAndGet();
                        return null;
                    }
                    if (quiet || ledger.posted(user) == 0) {
                        working.decrementAndGet();
                        return null;
                    }
                }
            });

            assertThat(succeeded.get()).isEqualTo(50);
            await().until(closed::isEmpty);
            settling.set(false);
            assertThat(ledger.violations()).isEmpty();
            assertThat(ledger.posted(user)).isZero();
            assertThat(ledger.loss()).isZero();
        }
    }

    private static AtomicBoolean settling(FakeLedger ledger, Queue<Closed> closed) {
        var on = new AtomicBoolean(true);
        Thread.ofVirtual().start(() -> {
            while (on.get()) {
                var next = closed.peek();
                if (next != null) {
                    ledger.settle(next);
                    closed.remove();
                } else {
                    LockSupport.parkNanos(50_000);
                }
            }
        });
        return on;
    }

    private static <T> List<T> run(int threads, Callable<T> work) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<T>>();
            for (int i = 0; i < threads; i++) {
                all.add(work);
            }
            var results = new ArrayList<T>();
            for (var result : executor.invokeAll(all)) {
                results.add(result.get());
            }
            return results;
        }
    }
}
