package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.platform.id.Ids;
import io.quotabank.proxy.journal.Journal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

/** The real spending on a given ledger and journal. */
public final class TestSpending {

    public static Spending of(LedgerLeases ledger, Journal journal) {
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
        var wallets = new Wallets(settings);
        var leases = new Leases();
        var openings = new Openings(
                new LedgerClient(ledger, settings), journal, leases, new Ids(Clock.systemUTC()), instance, settings);
        return new Spending(journal, wallets, leases, openings, settings);
    }

    private TestSpending() {}
}
