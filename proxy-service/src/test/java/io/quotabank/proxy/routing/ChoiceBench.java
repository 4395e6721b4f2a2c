package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a choice costs among 10 keys and among 10,000 (row RT6: at most 1.5 times, and 5 us). A program, not a test: run
 * its {@code main} with the test class path. Rounds alternate, and the median round of each counts.
 */
final class ChoiceBench {

    private static final int ROUNDS = 31;
    private static final int CHOICES = 20_000;

    public static void main(String[] arguments) {
        var few = routing(10);
        var many = routing(10_000);
        var fewNanos = new double[ROUNDS];
        var manyNanos = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            fewNanos[round] = nanosPerChoice(few);
            manyNanos[round] = nanosPerChoice(many);
        }
        double fewMedian = median(fewNanos);
        double manyMedian = median(manyNanos);
        var report = "choose among 10: %.0f ns, among 10,000: %.0f ns, ratio %.2f%n"
                .formatted(fewMedian, manyMedian, manyMedian / fewMedian);
        System.out.print(report);
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

    private static Routing routing(int keys) {
        var routing = new Routing(
                TestRouting.SETTINGS, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), InstantSource.system());
        var records = new PoolKeyRecord[keys];
        for (int i = 0; i < keys; i++) {
            var host = "https://provider" + i % 7 + ".example/v1";
            records[i] = TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", host, "sealed", "m");
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
