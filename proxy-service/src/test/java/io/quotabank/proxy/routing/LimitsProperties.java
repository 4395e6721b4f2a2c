package io.quotabank.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class LimitsProperties {

    private static final long MINUTE = 60_000;

    @Property
    void aWindowNeverHoldsMoreThanItsLimit(
            @ForAll @Size(max = 50) List<@IntRange(max = 40) Integer> amounts, @ForAll @IntRange(max = 300) int limit) {
        var window = new LimitWindow(MINUTE);
        long model = 0;
        for (int amount : amounts) {
            boolean fits = model + amount <= limit;
            assertThat(window.take(5, amount, limit)).isEqualTo(fits);
            model += fits ? amount : 0;
            assertThat(window.used(5)).isEqualTo(model);
        }
    }

    @Example
    void aWindowBeginsAnewAtItsBoundary() {
        var window = new LimitWindow(MINUTE);
        assertThat(window.take(MINUTE - 1, 3, 3)).isTrue();
        assertThat(window.take(MINUTE - 1, 1, 3)).isFalse();
        assertThat(window.rest(MINUTE - 1)).isEqualTo(1);
        assertThat(window.take(MINUTE, 3, 3)).isTrue();
        window.correct(MINUTE - 1, -3);
        assertThat(window.used(MINUTE)).isEqualTo(3);
        window.correct(MINUTE, -1);
        assertThat(window.used(MINUTE)).isEqualTo(2);
    }

    @Property
    void whatIsRefusedLeavesNoTrace(
            @ForAll @IntRange(min = 1, max = 5) int concurrent,
            @ForAll @IntRange(min = 1, max = 5) int requests,
            @ForAll @IntRange(min = 1, max = 50) int tokens,
            @ForAll @IntRange(min = 1, max = 50) int daily) {
        var limits = new Limits(requests, (long) tokens, concurrent, new Credits(daily));
        var used = new KeyLimits();
        int taken = 0;
        var call = new KeyLimits.Taken(limits, 5, 10, 10);
        while (taken < 100 && used.take(call)) {
            taken++;
        }

        assertThat(taken).isEqualTo(Math.min(Math.min(concurrent, requests), Math.min(tokens / 10, daily / 10)));
        assertThat(used.concurrent()).isEqualTo(taken);
        for (int i = 0; i < taken; i++) {
            used.undo(call);
        }
        assertThat(used.concurrent()).isZero();
        assertThat(used.take(call)).isEqualTo(taken > 0);
    }

    @Example
    void manyAtOnceTakeWhatThereIsAndNoMore() throws Exception {
        var used = new KeyLimits();
        var limits = new Limits(1_000, 500L, null, null);
        var taken = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Runnable>();
            for (int i = 0; i < 200; i++) {
                calls.add(() -> {
                    if (used.take(new KeyLimits.Taken(limits, 5, 10, 0))) {
                        taken.incrementAndGet();
                    }
                });
            }
            calls.forEach(threads::execute);
        }

        assertThat(taken).hasValue(50);
        assertThat(used.concurrent()).isEqualTo(50);
    }
}
