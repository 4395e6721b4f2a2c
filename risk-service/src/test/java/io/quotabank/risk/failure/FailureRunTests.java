package io.quotabank.risk.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureRunTests {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final FailureProperties properties = TestFailures.properties(3, 5);

    @Test
    void countsCallsThatFailedSideBySideUpToACoolDownOnly() {
        var run = FailureRun.NONE;
        for (int i = 0; i < 50; i++) {
            run = run.failed(START, true, properties);
        }

        assertThat(run.count()).isEqualTo(3);
    }

    @Test
    void countsOnAfterAPauseAndNotBefore() {
        assertThat(failures(4, PAUSE).count()).isEqualTo(4);
        assertThat(failures(5, PAUSE).count()).isEqualTo(5);
        assertThat(failures(5, PAUSE.minusMillis(1)).count()).isEqualTo(4);
    }

    @Test
    void countsNothingOnForAHostThatIsAway() {
        var run = failures(3, PAUSE);

        assertThat(run.failed(START.plusSeconds(60), false, properties)).isEqualTo(run);
    }

    @Test
    void forgetsWhatIsAWindowOldAndNotWhatIsYounger() {
        var two = failures(2, Duration.ofMillis(1));

        assertThat(two.failed(START.plus(WINDOW).minusMillis(1), true, properties)
                        .count())
                .isEqualTo(3);
        assertThat(two.failed(START.plus(WINDOW), true, properties).count()).isEqualTo(2);
        assertThat(two.failed(START.plus(WINDOW).plusMillis(1), true, properties)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void countsARecordThatComesLateOnlyIfItLiesInTheWindow() {
        var two = failures(2, Duration.ofMillis(1));
        var last = two.at().getLast();

        assertThat(two.failed(last.minus(WINDOW), true, properties).count()).isEqualTo(2);
        var counted = two.failed(last.minus(WINDOW).plusMillis(1), true, properties);
        assertThat(counted.count()).isEqualTo(3);
        assertThat(counted.at()).isSorted();
    }

    @Test
    void countsFailedTriesOnHoweverLongItHasBeenGoingOnUnlessNothingFailedForAWindow() {
        var cooled = failures(3, PAUSE);
        var last = cooled.at().getLast();

        var fourth = cooled.failed(last.plus(WINDOW).minusMillis(1), true, properties);
        assertThat(fourth.count()).isEqualTo(4);
        assertThat(fourth.failed(last.plus(WINDOW.multipliedBy(2)).minusMillis(2), true, properties)
                        .count())
                .isEqualTo(5);
        assertThat(cooled.failed(last.plus(WINDOW), true, properties).count()).isEqualTo(1);
    }

    @Test
    void isHealedByASuccessButForWhatFailedAfterIt() {
        var run = failures(3, PAUSE);

        assertThat(run.served(START.plusSeconds(20)).count()).isZero();
        assertThat(run.served(START.plusSeconds(19)).count()).isEqualTo(1);
    }

    @Test
    void refusesToFlagBeforeAKeyCools() {
        assertThatThrownBy(() -> TestFailures.properties(5, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    private FailureRun failures(int count, Duration apart) {
        var run = FailureRun.NONE;
        for (int i = 0; i < count; i++) {
            run = run.failed(START.plus(apart.multipliedBy(i)), true, properties);
        }
        return run;
    }
}
