package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database's clock is set hours ahead or back, as the service's statements see it, and right again. */
class DatabaseClockIT {

    private static final Ledger LEDGER = Ledger.with(Map.of(
            "spring.datasource.hikari.connection-init-sql", "SET search_path = shifted, pg_catalog, public",
            // The first that parses a statement decides whose now() it has.
            "quotabank.escrow.sweep-every", "1h"));

    private final UUID user = UUID.randomUUID();
    private final Applications applications = new Applications(LEDGER);
    private final Application video = new Application(LEDGER);
    private final People people = new People(LEDGER);

    @BeforeAll
    static void aClockThatCanBeSet() {
        LEDGER.asOwner(
                "CREATE SCHEMA shifted",
                "CREATE TABLE shifted.clock (ahead interval NOT NULL)",
                "INSERT INTO shifted.clock VALUES ('0')",
                "CREATE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " RETURN pg_catalog.now() + (SELECT ahead FROM shifted.clock)",
                "CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE"
                        + " RETURN pg_catalog.clock_timestamp() + (SELECT ahead FROM shifted.clock)",
                "GRANT USAGE ON SCHEMA shifted TO public",
                "GRANT SELECT ON shifted.clock TO public",
                "ALTER TABLE idempotency_key ALTER created_at SET DEFAULT shifted.now()");
    }

    @AfterEach
    void theClockIsRightAndTheBooksAgree() {
        set("0");
        assertThat(LEDGER.differences()).isEmpty();
    }

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 hour", "-1 hour", "3 hours", "-3 hours"})
    void aKeyOfBeforeIsKnownAndOneOfMeanwhileIsKnownLater(String ahead) {
        consume("before");
        set(ahead);
        consume("before");
        consume("meanwhile");
        consume("meanwhile");
        set("0");
        consume("before");
        consume("meanwhile");

        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 10_000_000);
    }

    /** By the rule of late settlement what expired early can still be settled while the credits are there. */
    @Test
    void aHoldThatExpiredAnHourEarlyIsSettledLate() {
        var hold = video.opened(user, "100");
        set("1 hour");
        LEDGER.bean(EscrowExpiryJob.class).run();
        assertThat(LEDGER.number("SELECT count(*) FROM hold WHERE id = ? AND status = 'expired'", hold))
                .isEqualTo(1);
        assertThat(people.held(user)).isZero();
        set("0");

        var late = video.settle(hold, "60", "");

        assertThat(late.status()).as(late.raw().body()).isEqualTo(200);
        assertThat(late.body().at("/settlement/late").asBoolean()).isTrue();
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - 60_000_000);
    }

    @Test
    void aHoldThatWasOpenedAnHourAheadLivesAnHourLongerAndSettlesOnce() {
        set("1 hour");
        var hold = video.opened(user, "100");
        set("0");
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

    private static void set(String ahead) {
        LEDGER.asOwner("UPDATE shifted.clock SET ahead = '" + ahead + "'");
    }
}
