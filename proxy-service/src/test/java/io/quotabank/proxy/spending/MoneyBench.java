package io.quotabank.proxy.spending;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.proxy.journal.Journal;
import io.quotabank.proxy.journal.TestJournal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What money costs a request, in nanoseconds, on one thread: {@code java -cp ... MoneyBench}. Each figure is the median
 * of several rounds after warm-up.
 */
final class MoneyBench {

    private static final int ROUNDS = 9;
    private static final int ROUND = 200_000;

    @FunctionalInterface
    private interface Work {
        void once();
    }

    public static void main(String[] args) {
        var user = UUID.randomUUID();
        var lease = new Lease(
                UUID.randomUUID(), user, (amount, sequence) -> {}, System.nanoTime(), System::currentTimeMillis);
        lease.grant(
                new Credits(Long.MAX_VALUE / 2),
                "bronze",
                System.nanoTime(),
                Duration.ofHours(1).toNanos());
        var need = new Credits(1_000);
        var request = UUID.randomUUID();
        measure(
                "reserve in a lease and close",
                () -> lease.close(List.of(lease.reserve(request, need, System.nanoTime())), Credits.ZERO));

        var ledger = new FakeLedger().with(user, Long.MAX_VALUE / 4);
        try (var here = new Spendings(ledger)) {
            here.reserved(user, Long.MAX_VALUE / 100).release();
            measure(
                    "Spending.reserve and release",
                    () -> here.reserved(user, 1_000).release());
            measure("Spending.reserve and close, journal included", () -> {
                var reservation = here.reserved(user, 1_000);
                reservation.close(Spendings.closed(request, user, reservation, 10));
            });
        }
        try (var journal = new TestJournal()) {
            measure("journal: a note", () -> journal.journal().noted(request, TokenUsage.of(1, 2), need, need));
            var opened = new UsageEvent.Opened(request, user, null, "chat", "gpt-5", true, need, 1);
            var terms = new Journal.Terms(1, "bronze", 13_000, List.of(), null);
            measure("journal: opened", () -> journal.journal().opened(opened, terms));
        }
    }

    private static void measure(String what, Work work) {
        var rounds = new long[ROUNDS];
        for (int round = 0; round < 2 * ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < ROUND; i++) {
                work.once();
            }
            rounds[round % ROUNDS] = (System.nanoTime() - start) / ROUND;
        }
        Arrays.sort(rounds);
        System.out.printf(Locale.ROOT, "%-45s %6d ns%n", what, rounds[ROUNDS / 2]);
    }

    private MoneyBench() {}
}
