package io.quotabank.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.springframework.context.annotation.Bean;

/** Stands still until it is moved. */
public final class TestClock extends Clock {

    private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    /** A source for a {@link Ledger} that goes by this clock. It is not annotated: no other ledger is to find it. */
    public static class InPlaceOfTheSystems {

        @Bean
        Clock clock() {
            return new TestClock();
        }
    }

    /** Of a ledger that was started with it. */
    public static TestClock of(Ledger ledger) {
        return (TestClock) ledger.bean(Clock.class);
    }

    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
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
