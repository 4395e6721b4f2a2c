package io.quotabank.sandbox.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.fault.Faults.Match;
import io.quotabank.sandbox.fault.Faults.Plan;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FaultsTests {

    private static final Match ANY = new Match(null, null, null);

    private final AtomicReference<Double> chance = new AtomicReference<>(0.0);
    private final Faults faults = new Faults(chance::get);

    @Test
    void strikesExactlyAsOftenAsSaidHoweverManyAsk() {
        faults.plant(new Plan(ANY, 1000, 1, new Fault.Reset()));
        var struck = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var i = 0; i < 8; i++) {
                threads.execute(() -> {
                    for (var j = 0; j < 500; j++) {
                        if (faults.strike("k", "m", "/p") != null) {
                            struck.incrementAndGet();
                        }
                    }
                });
            }
        }
        assertThat(struck).hasValue(1000);
        assertThat(faults.clear()).isZero();
    }

    @Test
    void strikesByChance() {
        faults.plant(new Plan(ANY, null, 0.25, new Fault.Reset()));

        chance.set(0.2499);
        assertThat(faults.strike("k", "m", "/p")).isNotNull();
        chance.set(0.25);
        assertThat(faults.strike("k", "m", "/p")).isNull();
    }

    @Test
    void takesTheFirstPlantedAndThenTheNext() {
        faults.plant(new Plan(new Match("k", "m", "/p"), 1, 1, new Fault.Reset()));
        faults.plant(new Plan(new Match(null, "m", null), null, 1, new Fault.OmitUsage()));

        assertThat(faults.strike("k", "m", "/other")).isEqualTo(new Fault.OmitUsage());
        assertThat(faults.strike("k", "m", "/p")).isEqualTo(new Fault.Reset());
        assertThat(faults.strike("k", "m", "/p")).isEqualTo(new Fault.OmitUsage());
        assertThat(faults.strike("k", null, "/p")).isNull();
        assertThat(faults.clear()).isEqualTo(1);
    }
}
