package io.quotabank.proxy.routing;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a choice costs among 10 keys and among 10,000, by each strategy (row RT6: at most 1.5 times, and 5 us). A program,
 * not a test: run its {@code main} with the test class path. Rounds alternate, and the median round of each counts.
 */
final class ChoiceBench {

    private static final int ROUNDS = 31;
    private static final int CHOICES = 20_000;
    private static final int MANY = 10_000;

    public static void main(String[] arguments) {
        for (var strategy : Strategy.values()) {
            compare(strategy);
        }
    }

    private static void compare(Strategy strategy) {
        try (var few = routing(strategy, 10);
                var many = routing(strategy, MANY)) {
            if (many.keys() != MANY) {
                throw new IllegalStateException("only " + many.keys() + " keys were taken");
            }
            var fewNanos = new double[ROUNDS];
            var manyNanos = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                fewNanos[round] = nanosPerChoice(few);
                manyNanos[round] = nanosPerChoice(many);
            }
            double fewMedian = median(fewNanos);
            double manyMedian = median(manyNanos);
            var report = "%-22s among 10: %.0f ns, among 10,000: %.0f ns, ratio %.2f%n"
                    .formatted(strategy.wire(), fewMedian, manyMedian, manyMedian / fewMedian);
            System.out.print(report);
        }
    }

    private static double nanosPerChoice(Routing routing) {
        var price = TestCatalog.priced("m");
        long start = System.nanoTime();
        for (int i = 0; i < CHOICES; i++) {
            if (routing.choose(new Wanted(price, 100, 100)) instanceof Choice.Chosen(var pick)) {
                pick.ended(Ending.without(UsageEvent.Result.CANCELLED, null, 0));
            }
        }
        return (double) (System.nanoTime() - start) / CHOICES;
    }

    private static Routing routing(Strategy strategy, int keys) {
        var routing = new Routing(
                TestRouting.settings(strategy, 2 * MANY),
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                InstantSource.system());
        var records = new PoolKeyRecord[keys];
        var random = new SplittableRandom(keys);
        for (int i = 0; i < keys; i++) {
            var host = "https://provider" + i % 7 + ".example/v1";
            var key = TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", host, "sealed", "m");
            var left = Credits.of(1_000 + random.nextInt(100_000));
            records[i] = TestRouting.changed(key, Kind.CONSIGNMENT, State.ACTIVE, left, Limits.NONE);
        }
        TestRouting.put(routing, records);
        routing.start();
        return routing;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private ChoiceBench() {}
}
