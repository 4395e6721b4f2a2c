package io.quotabank.platform.leaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

class LeavingTests {

    private static final Duration ANNOUNCE = Duration.ofMillis(300);

    private final List<Duration> asked = new ArrayList<>();
    private Duration sleptBeforeTurningAway = Duration.ZERO;

    /** Nothing under way. */
    private final Work work = new Work() {
        @Override
        public void turnAway() {
            sleptBeforeTurningAway = asked.stream().reduce(Duration.ZERO, Duration::plus);
        }

        @Override
        public boolean underWay() {
            return false;
        }
    };

    @Test
    void aTimeInWhichItGotNoProcessorIsNoTimeInWhichItToldAnybody() {
        leave(time -> {
            asked.add(time);
            if (asked.size() == 1) {
                Thread.sleep(ANNOUNCE.multipliedBy(2));
            }
        });

        assertThat(sleptBeforeTurningAway).isGreaterThanOrEqualTo(ANNOUNCE);
    }

    private void leave(Leaving.Sleeper sleeper) {
        var context = new GenericApplicationContext();
        var properties = new LeavingProperties(ANNOUNCE, Duration.ofMinutes(1));
        new Leaving(context, () -> Stream.of(work), properties, sleeper)
                .onApplicationEvent(new ContextClosedEvent(context));
    }
}
