package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.DatabaseClock;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database's clock is set hours ahead or back, as the service's statements see it, and right again. */
class DatabaseClockIT {

    @RegisterExtension
    static final DatabaseClock CLOCK = new DatabaseClock(Map.of());

    private static final Ledger LEDGER = CLOCK.ledger();

    private final UUID user = UUID.randomUUID();
    private final Applications applications = new Applications(LEDGER);
    private final Application video = new Application(LEDGER);
    private final People people = new People(LEDGER);

    @ParameterizedTest
    @ValueSource(strings = {"1 hour", "-1 hour", "3 hours", "-3 hours"})
    void aKeyOfBeforeIsKnownAndOneOfMeanwhileIsKnownLater(String ahead) {
        consume("before");
        CLOCK.set(ahead);
        consume("before");
        consume("meanwhile");
        consume("meanwhile");
        CLOCK.set("0");
        consume("before");
        consume("meanwhile");

        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 10_000_000);
    }

    /** By the rule of late settlement what expired early can still be settled while the credits are there. */
    @Test
    void aHoldThatExpiredAnHourEarlyIsSettledLate() {
        var hold = video.opened(user, "100");
        CLOCK.set("1 hour");
        LEDGER.bean(EscrowExpiryJob.class).run();
        assertThat(LEDGER.number("SELECT count(*) FROM hold WHERE id = ? AND status = 'expired'", hold))
                .isEqualTo(1);
        assertThat(people.held(user)).isZero();
        CLOCK.set("0");

        var late = video.settle(hold, "60", "");

        assertThat(late.status()).as(late.raw().body()).isEqualTo(200);
        assertThat(late.body().at("/settlement/late").asBoolean()).isTrue();
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 60_000_000);
    }

    @Test
    void aHoldThatWasOpenedAnHourAheadLivesAnHourLongerAndSettlesOnce() {
        CLOCK.set("1 hour");
        var hold = video.opened(user, "100");
        CLOCK.set("0");
        LEDGER.bean(EscrowExpiryJob.class).run();

        assertThat(video.settle(hold, "100", "").status()).isEqualTo(200);
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 100_000_000);
        assertThat(people.held(user)).isZero();
    }

    private void consume(String key) {
        var done = applications.consume(
                Applications.videos(), user, "\"amount\":5,\"action\":\"a_film\"", Applications.key(key + user));
        assertThat(done.status()).as(done.raw().body()).isEqualTo(200);
    }
}
