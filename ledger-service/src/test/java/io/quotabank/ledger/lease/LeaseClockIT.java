package io.quotabank.ledger.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.quotabank.ledger.DatabaseClock;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** The database's clock is hours off: leases do not go by it. The service's own: {@link LeaseExpiryIT}. */
class LeaseClockIT {

    private static final AtomicLong NANOS = new AtomicLong();

    /** A source for this ledger alone: it is not annotated. */
    public static class OwnTime {

        @Bean
        @Primary
        Ticker steps() {
            return NANOS::get;
        }
    }

    @RegisterExtension
    static final DatabaseClock CLOCK = new DatabaseClock(
            Map.of(
                    "quotabank.lease.tick", "1h",
                    "quotabank.lease.sweep-every", "1h",
                    "quotabank.lease.longest-tick", "1h"),
            OwnTime.class);

    private static final Ledger LEDGER = CLOCK.ledger();

    private final UUID user = UUID.randomUUID();
    private final People people = new People(LEDGER);

    @ParameterizedTest
    @ValueSource(strings = {"1 hour", "-1 hour", "400 days", "-400 days"})
    void aLeaseLivesTwentyMinutesOfUptimeWhateverTheDatabasesClockSays(String ahead) {
        var before = people.lease(user, 1_000, 1_000).leaseId();
        CLOCK.set(ahead);
        var meanwhile = people.lease(user, 1_000, 1_000).leaseId();
        pass(Duration.ofMinutes(19));
        assertThat(people.status(before)).isEqualTo("active");
        assertThat(people.status(meanwhile)).isEqualTo("active");
        CLOCK.set("0");
        pass(Duration.ofMinutes(1));
        assertThat(people.status(before)).isEqualTo("expired");
        assertThat(people.status(meanwhile)).isEqualTo("expired");
        assertThat(people.held(user)).isZero();
    }

    private static void pass(Duration uptime) {
        var job = LEDGER.bean(UptimeJob.class);
        job.tick();
        NANOS.addAndGet(uptime.toNanos());
        job.tick();
        LEDGER.bean(LeaseExpiryJob.class).run();
    }
}
