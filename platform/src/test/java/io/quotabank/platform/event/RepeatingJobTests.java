package io.quotabank.platform.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RepeatingJobTests {

    private static final Duration MOMENT = Duration.ofMillis(1);

    @Test
    void runsItsStepHoweverFastItsThreadIs() {
        var ran = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            new RepeatingJob("job", MOMENT, () -> ran.incrementAndGet() > 0).start();
        }
        await().untilAsserted(() -> assertThat(ran).hasValue(1_000));
    }

    @Test
    void triesAgainUntilTheStepIsDone() {
        var tries = new AtomicInteger();
        new RepeatingJob("job", MOMENT, () -> {
                    if (tries.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    return tries.get() == 5;
                })
                .start();
        await().untilAsserted(() -> assertThat(tries).hasValue(5));
        await().during(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(tries).hasValue(5));
    }

    @Test
    void endsWhenItIsStoppedAndGoesOnWhenItIsStartedAgain() {
        var turns = new AtomicInteger();
        var job = new RepeatingJob("stopped job", MOMENT, () -> turns.incrementAndGet() < 0);
        job.start();
        await().until(() -> turns.get() > 2);
        job.stop();
        assertThat(job.isRunning()).isFalse();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("stopped job")));
        int before = turns.get();
        job.start();
        await().until(() -> turns.get() > before);
        job.stop();
    }
}
