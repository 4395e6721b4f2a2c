package io.quotabank.proxy.spending;

import io.quotabank.contracts.money.Credits;
import io.quotabank.platform.id.Ids;
import io.quotabank.proxy.journal.Journal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** The real spending, with a fake of the ledger that other features' tests can set. */
public final class TestSpending {

    private final FakeLedger ledger = new FakeLedger();
    private final Spending spending;

    public TestSpending(Journal journal) {
        var settings = new LeaseProperties(
                Duration.ofSeconds(60),
                Duration.ofMinutes(5),
                1,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMillis(250),
                Duration.ofSeconds(10),
                1_000,
                64,
                Duration.ofSeconds(5));
        var instance = new InstanceProperties("test", URI.create("http://127.0.0.1:1"));
        var leases = new Leases();
        var openings = new Openings(
                new LedgerClient(ledger, settings),
                journal,
                leases,
                new Ids(Clock.systemUTC()),
                Clock.systemUTC(),
                instance,
                settings);
        spending = new Spending(journal, new Wallets(settings), leases, openings, settings);
    }

    public Spending spending() {
        return spending;
    }

    /** Sets what a user has. */
    public void balance(UUID userId, Credits posted) {
        ledger.with(userId, posted.micro() - ledger.posted(userId));
    }

    /** From now on every call of the ledger fails, or works again. */
    public void ledgerAway(boolean away) {
        ledger.failBefore(away ? new IllegalStateException("the ledger is away") : null);
    }
}
