package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Requests of one person's that one owner's key served, and whether each was settled once. */
final class Served {

    /** Of each call. */
    static final int EVENTS = 200;

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final long LEASED = 1_000_000;
    private static final long COST = 1_000;
    private static final long OWNERS_PART = 950;

    private final UUID owner = UUID.randomUUID();
    private final UUID user = UUID.randomUUID();
    private final Ledger ledger;
    private final People people;

    Served(Ledger ledger) {
        this.ledger = ledger;
        people = new People(ledger);
    }

    UUID user() {
        return user;
    }

    /** Further ones, of a lease of their own. */
    List<Closed> events() {
        var lease = people.lease(user, LEASED, LEASED).leaseId();
        return Stream.generate(() -> TestUsage.of(user)
                        .cost(COST)
                        .from(lease, COST)
                        .served(owner, COST)
                        .closed())
                .limit(EVENTS)
                .toList();
    }

    long settled() {
        return ledger.number("SELECT count(*) FROM settlement WHERE owner = ?", owner);
    }

    /** Waits for the events of one call, while the database may be away. */
    void awaitEachOnce() {
        await().atMost(LONG).ignoreExceptions().until(() -> settled() == EVENTS);
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(people.earned(owner)).isEqualTo(EVENTS * OWNERS_PART));
        assertThat(people.posted(user)).isEqualTo(People.SIGN_UP - EVENTS * COST);
        assertThat(ledger.number("SELECT count(*) FROM transfer WHERE type = 'proxy_usage' AND debit ="
                        + " (SELECT id FROM account WHERE code = 'user:" + user + "')"))
                .isEqualTo(EVENTS);
        assertThat(ledger.differences()).isEmpty();
    }
}
