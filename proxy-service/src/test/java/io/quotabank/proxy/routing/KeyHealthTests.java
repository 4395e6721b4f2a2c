package io.quotabank.proxy.routing;

import static io.quotabank.proxy.routing.TestRouting.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.proxy.routing.KeyHealth.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyHealthTests {

    private static final long WINDOW_MS = SETTINGS.window().toMillis();
    private static final long COOL_MS = SETTINGS.coolDown().toMillis();
    private static final long START = 1_000_000;

    private final AtomicInteger flags = new AtomicInteger();
    private final KeyHealth health = new KeyHealth(SETTINGS, flags::incrementAndGet);

    @Test
    void coolsAtTheFifthFailureInTheWindowAndNotAtTheFourth() {
        fail(4, START);
        assertThat(health.state(START)).isEqualTo(State.WELL);
        fail(1, START);
        assertThat(health.state(START)).isEqualTo(State.COOLING);
    }

    @Test
    void forgetsAFailureThatIsAWindowOld() {
        fail(1, START);
        fail(3, START + 1);
        fail(1, START + WINDOW_MS);
        assertThat(health.state(START + WINDOW_MS)).isEqualTo(State.WELL);
        fail(1, START + WINDOW_MS);
        assertThat(health.state(START + WINDOW_MS)).isEqualTo(State.COOLING);
    }

    @Test
    void isHealedByASuccess() {
        fail(4, START);
        health.succeeded(false);
        fail(4, START);
        assertThat(health.state(START)).isEqualTo(State.WELL);
    }

    @Test
    void isProbedByOneCallAtATimeOnceTheCoolDownIsOver() {
        fail(5, START);
        assertThat(health.takeProbe(START + COOL_MS - 1)).isFalse();
        assertThat(health.state(START + COOL_MS)).isEqualTo(State.PROBE_DUE);
        assertThat(health.takeProbe(START + COOL_MS)).isTrue();
        assertThat(health.takeProbe(START + COOL_MS)).isFalse();
        health.giveProbeBack();
        assertThat(health.takeProbe(START + COOL_MS)).isTrue();
        health.succeeded(true);
        assertThat(health.state(START + COOL_MS)).isEqualTo(State.WELL);
    }

    @Test
    void doublesTheCoolDownWithEachFailedProbe() {
        fail(5, START);
        long probed = START + COOL_MS;
        assertThat(health.takeProbe(probed)).isTrue();
        health.failed(probed, null, true);
        assertThat(health.state(probed + 2 * COOL_MS - 1)).isEqualTo(State.COOLING);
        assertThat(health.state(probed + 2 * COOL_MS)).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void isLeftToAPersonAtTheTenthFailureAndNotAtTheNinth() {
        fail(5, START);
        long now = START;
        for (int probe = 1; probe <= 4; probe++) {
            now = failProbe(now);
        }
        assertThat(health.state(health.coolUntilMs())).isEqualTo(State.PROBE_DUE);
        assertThat(flags).hasValue(0);
        failProbe(now);
        assertThat(health.state(health.coolUntilMs())).isEqualTo(State.FLAGGED);
        assertThat(flags).hasValue(1);
    }

    @Test
    void isLeftToNobodyForProbesOfAHostThatIsOut() {
        fail(5, START);
        for (int probe = 1; probe <= 20; probe++) {
            long due = health.coolUntilMs();
            assertThat(health.takeProbe(due)).isTrue();
            health.failed(due, null, true, false);
        }
        assertThat(health.state(health.coolUntilMs())).isEqualTo(State.PROBE_DUE);
        assertThat(flags).hasValue(0);
    }

    @Test
    void countsNothingThatWasUnderWayWhenItWentOut() {
        fail(50, START);
        assertThat(health.state(health.coolUntilMs())).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void obeysARetryAfter() {
        health.limited(START, Duration.ofSeconds(30), false);
        assertThat(health.isRateLimited()).isTrue();
        assertThat(health.state(START + 29_999)).isEqualTo(State.COOLING);
        assertThat(health.state(START + 30_000)).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void leavesAProviderAloneThatFailsAndAsksForIt() {
        health.failed(START, Duration.ofSeconds(7), false);
        assertThat(health.isRateLimited()).isFalse();
        assertThat(health.state(START + 6_999)).isEqualTo(State.COOLING);
        assertThat(health.state(START + 7_000)).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void neverShortensACoolDownByALaterShorterOne() {
        health.limited(START, Duration.ofSeconds(30), false);
        health.limited(START + 1, Duration.ofSeconds(1), false);
        assertThat(health.state(START + 29_999)).isEqualTo(State.COOLING);
    }

    @Test
    void lengthensACoolDownByALaterLongerOne() {
        health.limited(START, Duration.ofSeconds(1), false);
        health.limited(START + 1, Duration.ofSeconds(30), false);
        assertThat(health.state(START + 30_000)).isEqualTo(State.COOLING);
        assertThat(health.state(START + 30_001)).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void capsWhatAProviderCanAskFor() {
        health.limited(START, Duration.ofDays(400), false);
        assertThat(health.state(START + SETTINGS.longestCoolDown().toMillis())).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void isNotHealedFromACoolDownByACallThatBeganBefore() {
        health.limited(START, Duration.ofSeconds(30), false);
        health.succeeded(false);
        assertThat(health.state(START)).isEqualTo(State.COOLING);
    }

    @Test
    void neverFlagsForRateLimits() {
        long now = START;
        health.limited(now, Duration.ofSeconds(1), false);
        for (int i = 0; i < 20; i++) {
            now = health.coolUntilMs();
            assertThat(health.takeProbe(now)).isTrue();
            health.limited(now, Duration.ofSeconds(1), true);
        }
        assertThat(health.state(health.coolUntilMs())).isEqualTo(State.PROBE_DUE);
    }

    @Test
    void staysOutLongOnceRefusedButAChangeOfItsRecordLetsAProbeFindOut() {
        health.refused(START, false);
        assertThat(health.state(START + SETTINGS.refusedCoolDown().toMillis() - 1))
                .isEqualTo(State.COOLING);
        health.probeNow(START + 5);
        assertThat(health.state(START + 5)).isEqualTo(State.PROBE_DUE);
    }

    private void fail(int times, long nowMs) {
        for (int i = 0; i < times; i++) {
            health.failed(nowMs, null, false);
        }
    }

    private long failProbe(long nowMs) {
        long due = Math.max(nowMs, health.coolUntilMs());
        assertThat(health.takeProbe(due)).isTrue();
        health.failed(due, null, true);
        return due;
    }
}
