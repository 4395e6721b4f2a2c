package io.quotabank.pool.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureRunTests {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final QuotaProperties properties = properties(3, 5);

    @Test
    void countsCallsThatFailedSideBySideUpToADoubtOnly() {
        var run = FailureRun.NONE;
        for (int i = 0; i < 50; i++) {
            run = run.failed(START, true, properties);
        }

        assertThat(run.doubtful(properties)).isTrue();
        assertThat(run.flagged(properties)).isFalse();
    }

    @Test
    void isInDoubtAndThenFlaggedAtItsNumbersAndNotBefore() {
        var two = failures(2, Duration.ofSeconds(10));
        assertThat(two.doubtful(properties)).isFalse();
        assertThat(failures(3, Duration.ofSeconds(10)).doubtful(properties)).isTrue();
        assertThat(failures(4, Duration.ofSeconds(10)).flagged(properties)).isFalse();
        assertThat(failures(5, Duration.ofSeconds(10)).flagged(properties)).isTrue();
        assertThat(failures(5, Duration.ofMillis(9_999)).flagged(properties)).isFalse();
    }

    @Test
    void forgetsWhatHasLeftTheWindow() {
        var run = failures(2, Duration.ofSeconds(10)).failed(START.plus(Duration.ofMinutes(10)), true, properties);

        assertThat(run.at()).hasSize(2);
        assertThat(run.doubtful(properties)).isFalse();
    }

    @Test
    void refusesToFlagBeforeItDoubts() {
        assertThatThrownBy(() -> properties(5, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    private FailureRun failures(int count, Duration apart) {
        var run = FailureRun.NONE;
        for (int i = 0; i < count; i++) {
            run = run.failed(START.plus(apart.multipliedBy(i)), true, properties);
        }
        return run;
    }

    private static QuotaProperties properties(int doubt, int flag) {
        return new QuotaProperties(3, Duration.ofHours(1), Duration.ofMinutes(10), doubt, flag, Duration.ofSeconds(10));
    }
}
