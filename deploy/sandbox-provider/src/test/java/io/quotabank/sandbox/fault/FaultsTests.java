package io.quotabank.sandbox.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.fault.Faults.Match;
import io.quotabank.sandbox.fault.Faults.Plan;
import io.quotabank.sandbox.fault.Faults.Struck;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FaultsTests {

    private static final Match ANY = new Match(null, null, null, null);

    private final AtomicReference<Double> chance = new AtomicReference<>(0.0);
    private final AtomicLong now = new AtomicLong(5);
    private final Faults faults = new Faults(chance::get, now::get);

    @Test
    void strikesExactlyAsOftenAsSaidHoweverManyAsk() {
        faults.plant(new Plan(ANY, 1000, null, 1, new Fault.Reset()));
        var struck = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var i = 0; i < 8; i++) {
                threads.execute(() -> {
                    for (var j = 0; j < 500; j++) {
                        if (strike("k", "m", "/p") != null) {
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
        faults.plant(new Plan(ANY, null, null, 0.25, new Fault.Reset()));

        chance.set(0.2499);
        assertThat(strike("k", "m", "/p")).isNotNull();
        chance.set(0.25);
        assertThat(strike("k", "m", "/p")).isNull();
    }

    @Test
    void takesTheFirstPlantedAndThenTheNext() {
        faults.plant(new Plan(new Match("k", "m", "/p", null), 1, null, 1, new Fault.Reset()));
        faults.plant(new Plan(new Match(null, "m", null, null), null, null, 1, new Fault.OmitUsage()));

        assertThat(strike("k", "m", "/other")).isEqualTo(new Fault.OmitUsage());
        assertThat(strike("k", "m", "/p")).isEqualTo(new Fault.Reset());
        assertThat(strike("k", "m", "/p")).isEqualTo(new Fault.OmitUsage());
        assertThat(strike("k", null, "/p")).isNull();
        assertThat(faults.clear()).isEqualTo(1);
    }

    @Test
    void strikesOnlyTheHostThatIsMeantWithOrWithoutItsPort() {
        faults.plant(new Plan(new Match(null, null, null, "localhost"), null, null, 1, new Fault.Reset()));
        faults.plant(new Plan(new Match(null, null, null, "127.0.0.1:80"), null, null, 1, new Fault.OmitUsage()));

        assertThat(at("LOCALHOST")).isEqualTo(new Fault.Reset());
        assertThat(at("localhost:9100")).isEqualTo(new Fault.Reset());
        assertThat(at("127.0.0.1:80")).isEqualTo(new Fault.OmitUsage());
        assertThat(at("127.0.0.1:8080")).isNull();
        assertThat(at("127.0.0.1")).isNull();
        assertThat(at(null)).isNull();
    }

    @Test
    void isOverWhenItsTimeIs() {
        faults.plant(new Plan(ANY, null, 20, 1, new Fault.Reset()));

        now.addAndGet(20_000_000 - 1);
        assertThat(strike("k", "m", "/p")).isNotNull();
        now.addAndGet(1);
        assertThat(strike("k", "m", "/p")).isNull();
        assertThat(faults.clear()).isZero();
    }

    private Fault strike(String key, String model, String path) {
        return faults.strike(new Struck(key, model, path, "localhost"));
    }

    private Fault at(String host) {
        return faults.strike(new Struck("k", "m", "/p", host));
    }
}
