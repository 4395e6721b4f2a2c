package io.quotabank.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTests {

    private final Backoff backoff = new Backoff();

    @Test
    void doublesFromAFifthOfASecondToTenSeconds() {
        var waits =
                Stream.generate(() -> backoff.after(Duration.ZERO).toMillis()).limit(8);

        assertThat(waits).containsExactly(200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 10_000L, 10_000L);
    }

    @Test
    void beginsAgainAfterHalfAMinuteOfHealth() {
        backoff.after(Duration.ZERO);
        backoff.after(Duration.ZERO);

        assertThat(backoff.after(Duration.ofMillis(29_999))).isEqualTo(Duration.ofMillis(800));
        assertThat(backoff.after(Duration.ofSeconds(30))).isEqualTo(Duration.ofMillis(200));
    }
}
