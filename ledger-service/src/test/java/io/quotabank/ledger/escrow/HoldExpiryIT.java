package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds end by the database's clock; sweeps are made when a test says so. */
class HoldExpiryIT {

    static final Map<String, Object> BY_HAND = Map.of(
            "quotabank.escrow.sweep-every",
            "1h",
            "quotabank.escrow.sweep-most",
            "10",
            "quotabank.settlement.start",
            "false");

    private static Ledger ledger;
    private static People people;

    private final UUID user = UUID.randomUUID();
    private final Application video = new Application(ledger);

    @BeforeAll
    static void start() {
        ledger = Ledger.with(BY_HAND);
        people = new People(ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @AfterEach
    void theBooksAgree() {
        assertThat(ledger.differences()).isEmpty();
    }

    @Test
    @Tag("long")
    void aHoldWhoseTimeIsOverIsExpiredOnceByManySweeps() throws Exception {
        try (var other = ledger.another(BY_HAND);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var holds = new ArrayList<UUID>();
            for (int i = 0; i < 90; i++) {
                var hold = video.opened(i % 3 == 0 ? user : UUID.randomUUID(), "2");
                video.settle(hold, "0.5", "");
                Application.expiredFor(ledger, hold, Duration.ofSeconds(1));
                holds.add(hold);
            }
            var fresh = video.opened(user, "2");
            var sweeps = new ArrayList<Callable<Integer>>();
            for (var process : List.of(ledger, other, ledger, other)) {
                sweeps.add(() -> sweep(process));
            }
            int ended = 0;
            for (var sweep : threads.invokeAll(sweeps)) {
                ended += sweep.get();
            }
            // What one had locked the others passed over; it ended that itself.
            ended += sweep(ledger);
            assertThat(ended).isEqualTo(90);
            assertThat(holds).allSatisfy(hold -> assertThat(people.status(hold)).isEqualTo("expired"));
            assertThat(people.status(fresh)).isEqualTo("active");
        }
        assertThat(people.held(user)).isEqualTo(2_000_000);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 30 * 500_000);
    }

    @Test
    void aSweepEndsAsManyAsItMayAndSaysHowManyAndTheJobEndsAll() {
        var escrows = ledger.bean(Escrows.class);
        for (int i = 0; i < 3; i++) {
            over();
        }
        assertThat(escrows.expire(2)).isEqualTo(2);
        assertThat(escrows.expire(2)).isEqualTo(1);
        assertThat(escrows.expire(2)).isZero();
        assertThat(people.held(user)).isZero();

        var counter =
                ledger.bean(MeterRegistry.class).get("quotabank.ledger.holds").counter();
        double before = counter.count();
        var last = over();
        for (int i = 0; i < 11; i++) {
            last = over();
        }
        ledger.bean(EscrowExpiryJob.class).run();
        assertThat(people.status(last)).isEqualTo("expired");
        assertThat(people.held(user)).isZero();
        assertThat(counter.count() - before).isEqualTo(12);
    }

    @Test
    void aSweepWaitsForNobodyAndComesBack() throws Exception {
        var busy = video.opened(user, "2");
        var idle = video.opened(UUID.randomUUID(), "2");
        Application.expiredFor(ledger, busy, Duration.ofSeconds(1));
        Application.expiredFor(ledger, idle, Duration.ofSeconds(1));
        var account = ledger.bean(Accounts.class).open(AccountCode.user(user));
        var transfers = ledger.bean(Transfers.class);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            transfers.inTransaction(() -> {
                transfers.lock(List.of(account));
                try {
                    return threads.submit(() -> sweep(ledger)).get();
                } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                }
            });
        }
        assertThat(people.status(idle)).isEqualTo("expired");
        assertThat(people.status(busy)).isEqualTo("active");
        sweep(ledger);
        assertThat(people.status(busy)).isEqualTo("expired");
    }

    @Test
    void aHoldWhoseTimeIsOverIsExpiredForAllWhoUseItThoughNoSweepCame() {
        var released = video.opened(user, "2");
        var extended = video.opened(user, "2");
        Application.expiredFor(ledger, released, Duration.ofSeconds(1));
        Application.expiredFor(ledger, extended, Duration.ofSeconds(1));
        for (var refused : List.of(video.release(released), video.extend(extended, "{\"expires_in\":60}"))) {
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.body().get("code").asString()).isEqualTo("hold_ended");
        }
        assertThat(people.status(released)).isEqualTo("expired");
        assertThat(people.status(extended)).isEqualTo("expired");
        assertThat(people.held(user)).isZero();
    }

    @Test
    void aHoldLivesUntilItsTimeIsOver() {
        var hold = Application.id(video.open(user, "2", ",\"expires_in\":1"));
        await().until(() -> {
            sweep(ledger);
            return people.status(hold).equals("expired");
        });
        assertThat(ledger.number("SELECT (clock_timestamp() >= expires_at)::int FROM hold WHERE id = ?", hold))
                .isEqualTo(1);
    }

    private UUID over() {
        var hold = video.opened(user, "2");
        Application.expiredFor(ledger, hold, Duration.ofSeconds(1));
        return hold;
    }

    private static int sweep(Ledger process) {
        int ended = 0;
        for (int more = -1; more != 0; ended += Math.max(more, 0)) {
            more = process.bean(Escrows.class).expire(10);
        }
        return ended;
    }
}
