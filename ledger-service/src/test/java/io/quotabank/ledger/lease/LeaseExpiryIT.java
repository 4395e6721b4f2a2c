package io.quotabank.ledger.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Ages of leases are told by the ledger's own uptime, in steps that these tests take. */
class LeaseExpiryIT {

    private static final AtomicLong NANOS = new AtomicLong();
    private static final AtomicLong CLOCK_AHEAD_MS = new AtomicLong();

    @Configuration(proxyBeanMethods = false)
    static class OwnTime {

        @Bean
        @Primary
        Ticker steps() {
            return NANOS::get;
        }

        @Bean
        Clock jumpingClock() {
            return new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return Instant.ofEpochMilli(System.currentTimeMillis() + CLOCK_AHEAD_MS.get());
                }
            };
        }
    }

    // The jobs run when a test says so.
    private static final Map<String, Object> BY_HAND = Map.of(
            "quotabank.lease.tick", "1h",
            "quotabank.lease.sweep-every", "1h",
            "quotabank.lease.longest-tick", "1h",
            "quotabank.settlement.start", "false");

    private static Ledger ledger;
    private static People people;

    private final UUID user = UUID.randomUUID();

    @BeforeAll
    static void start() {
        ledger = Ledger.consuming(BY_HAND, OwnTime.class);
        people = new People(ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @AfterEach
    void theBooksAgree() {
        CLOCK_AHEAD_MS.set(0);
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    void aLeaseWithoutAWordIsGivenUpAfterTwentyMinutesOfUptimeAndNotBefore() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        pass(Duration.ofMinutes(20).minusMillis(1));
        assertThat(people.status(lease)).isEqualTo("active");
        pass(Duration.ofMillis(1));
        assertThat(people.status(lease)).isEqualTo("expired");
        assertThat(people.held(user)).isZero();
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void aLeaseThatIsGivenUpGivesItsCapBackWhatItHeld() {
        var cap = new SpendingCap(TestUsage.IDS.next(), 1, new Credits(1_000), null, null);
        people.lease(user, cap, 1_000, 1_000);
        assertThat(people.lease(user, cap, 1, 1).granted()).isNull();
        pass(Duration.ofMinutes(20));
        assertThat(people.capHeld(cap.accessKeyId())).isZero();
        assertThat(people.lease(user, cap, 1_000, 1_000).granted()).isEqualTo(new Credits(1_000));
    }

    @Test
    void aStatementThatIsNotTheLastDoesNotKeepALease() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        people.state(People.statement(lease, 1, 400, false));
        pass(Duration.ofMinutes(20));
        assertThat(people.status(lease)).isEqualTo("expired");
    }

    @Test
    void clocksThatJumpReleaseNothingAndKeepNothing() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        CLOCK_AHEAD_MS.set(Duration.ofDays(400).toMillis());
        pass(Duration.ofMinutes(10));
        assertThat(people.status(lease)).isEqualTo("active");
        // Not over HTTP: tokens are told by clocks, and refused meanwhile.
        var opened = ledger.bean(Leases.class)
                .open(new Open(
                        TestUsage.IDS.next(),
                        UUID.randomUUID(),
                        "proxy-1",
                        People.NOBODY,
                        new Credits(1_000),
                        new Credits(1_000),
                        List.of()));
        CLOCK_AHEAD_MS.set(-Duration.ofDays(400).toMillis());
        pass(Duration.ofMinutes(10));
        assertThat(people.status(lease)).isEqualTo("expired");
        assertThat(people.status(opened.leaseId())).isEqualTo("active");
    }

    @Test
    void spendingToldInALastStatementWaitsForItsEventsForAWeek() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        people.state(People.statement(lease, 1, 400, true));
        pass(Duration.ofDays(7).minusMillis(1));
        assertThat(people.status(lease)).isEqualTo("active");
        assertThat(people.held(user)).isEqualTo(400);

        pass(Duration.ofMillis(1));
        assertThat(people.status(lease)).isEqualTo("expired");
        assertThat(people.held(user)).isZero();
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void runningRequestsOfALastStatementThatNeverEndAreGivenUpAndItsSpendingWaits() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        people.state(new Statement(
                lease, 1, new Credits(400), List.of(new InFlight(UUID.randomUUID(), new Credits(300))), true));
        assertThat(people.held(user)).isEqualTo(700);
        pass(Duration.ofMinutes(20));
        assertThat(people.held(user)).isEqualTo(400);
        pass(Duration.ofDays(1));
        assertThat(people.held(user)).isEqualTo(400);
    }

    @Test
    void aStatementAfterALeaseWasGivenUpChangesNothing() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        pass(Duration.ofMinutes(20));
        assertThat(people.state(People.statement(lease, 1, 500, true))).isEqualTo(200);
        assertThat(people.status(lease)).isEqualTo("expired");
        assertThat(people.held(user)).isZero();
    }

    @Test
    void manyProcessesCountNoFasterThanOne() {
        try (var other = ledger.another(BY_HAND, OwnTime.class)) {
            var one = ledger.bean(UptimeJob.class);
            var two = other.bean(UptimeJob.class);
            one.tick();
            two.tick();
            long before = uptime();
            for (int second = 0; second < 60; second++) {
                NANOS.addAndGet(Duration.ofMillis(500).toNanos());
                one.tick();
                NANOS.addAndGet(Duration.ofMillis(500).toNanos());
                two.tick();
            }
            assertThat(uptime() - before).isBetween(58_000L, 60_000L);
        }
    }

    @Test
    void timeInWhichTheLedgerWasFrozenCountsLittle() {
        try (var careful = ledger.another(
                Map.of(
                        "quotabank.lease.tick", "1h",
                        "quotabank.lease.sweep-every", "1h",
                        "quotabank.settlement.start", "false"),
                OwnTime.class)) {
            var job = careful.bean(UptimeJob.class);
            job.tick();
            long before = uptime();
            NANOS.addAndGet(Duration.ofHours(5).toNanos());
            job.tick();
            assertThat(uptime() - before).isEqualTo(5_000);
        }
    }

    /** Uptime passes, counted in steps as long as one count may add; then the ledger looks. */
    private static void pass(Duration time) {
        var job = ledger.bean(UptimeJob.class);
        job.tick();
        for (var left = time; left.isPositive(); left = left.minus(Duration.ofHours(1))) {
            NANOS.addAndGet(
                    left.compareTo(Duration.ofHours(1)) > 0
                            ? Duration.ofHours(1).toNanos()
                            : left.toNanos());
            job.tick();
        }
        ledger.bean(LeaseExpiryJob.class).run();
    }

    private static long uptime() {
        return ledger.number("SELECT ms FROM uptime");
    }
}
