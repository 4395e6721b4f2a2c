package io.quotabank.ledger.machine;

import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** The system's clock, so much ahead as tests have moved it; the same in all processes. */
final class MovedClock extends Clock {

    static final MovedClock SHARED = new MovedClock();

    /** A source for a ledger that goes by this clock. It is not annotated: no other ledger is to find it. */
    public static class InPlaceOfTheSystems {

        @Bean
        Clock clock() {
            return SHARED;
        }

        /** By the system's, for tests mint their tokens by that one. */
        @Bean
        @Primary
        InternalTokens tokens() {
            return new InternalTokens(TestIdentity.settings("ledger-service"), Clock.systemUTC());
        }
    }

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    void pass(Duration time) {
        ahead.accumulateAndGet(time, Duration::plus);
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
