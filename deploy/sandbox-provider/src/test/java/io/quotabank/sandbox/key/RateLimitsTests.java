package io.quotabank.sandbox.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.key.RateLimits.Kind;
import io.quotabank.sandbox.key.RateLimits.Standing;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTests {

    private static final long SECOND = 1_000_000_000;

    private final AtomicLong now = new AtomicLong(-5);

    @Test
    void refillsContinuously() {
        var limits = new RateLimits(60, 0, now::get);
        for (var i = 0; i < 60; i++) {
            assertThat(limits.take(1_000_000)).isNull();
        }
        assertThat(limits.take(1).waitNanos()).isEqualTo(SECOND);
        assertThat(limits.standing(Kind.REQUESTS)).isEqualTo(new Standing(60, 0, 60 * SECOND));

        now.addAndGet(SECOND - 1);
        assertThat(limits.take(1)).isNotNull();
        now.addAndGet(1);
        assertThat(limits.take(1)).isNull();
        assertThat(limits.take(1)).isNotNull();
    }

    @Test
    void neverHoldsMoreThanAMinutesWorth() {
        var limits = new RateLimits(0, 100, now::get);
        now.addAndGet(3600 * SECOND);

        assertThat(limits.standing(Kind.TOKENS)).isEqualTo(new Standing(100, 100, 0));
        assertThat(limits.take(101).requested()).isEqualTo(101);
        assertThat(limits.take(100)).isNull();
    }

    @Test
    void takesNothingOfOneWhenTheOtherRefuses() {
        var limits = new RateLimits(2, 10, now::get);

        assertThat(limits.take(11).kind()).isEqualTo(Kind.TOKENS);
        assertThat(limits.standing(Kind.REQUESTS).remaining()).isEqualTo(2);
    }

    @Test
    void hasNothingToTellWithoutLimits() {
        var limits = new RateLimits(0, 0, now::get);

        assertThat(limits.take(Integer.MAX_VALUE)).isNull();
        assertThat(limits.standing(Kind.TOKENS)).isNull();
    }
}
