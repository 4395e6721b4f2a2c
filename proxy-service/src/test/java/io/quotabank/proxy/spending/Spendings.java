package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.platform.id.Ids;
import io.quotabank.proxy.journal.TestJournal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** One proxy instance's spending on a fake ledger and a real journal in a temporary directory. */
final class Spendings implements AutoCloseable {

    final TestJournal journal = new TestJournal();
    final Wallets wallets;
    final Leases leases = new Leases();
    final LedgerClient client;
    final LeaseJob job;
    final Spending spending;

    Spendings(FakeLedger ledger) {
        this(ledger, settings(Duration.ofSeconds(60), Duration.ofSeconds(5)));
    }

    Spendings(FakeLedger ledger, LeaseProperties settings) {
        wallets = new Wallets(settings);
        client = new LedgerClient(ledger, settings);
        var instance = new InstanceProperties("proxy-1", URI.create("http://127.0.0.1:1"));
        var openings = new Openings(
                client, journal.journal(), leases, new Ids(Clock.systemUTC()), Clock.systemUTC(), instance, settings);
        spending = new Spending(journal.journal(), wallets, leases, openings, settings);
        job = new LeaseJob(wallets, leases, openings, client, journal.journal(), settings);
    }

    static LeaseProperties settings(Duration idle, Duration patience) {
        return new LeaseProperties(
                idle,
                Duration.ofMinutes(5),
                4,
                Duration.ofMillis(500),
                patience,
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                1_000,
                64,
                Duration.ofSeconds(2));
    }

    Spending.Outcome reserve(UUID userId, long micro) {
        return spending.reserve(UUID.randomUUID(), userId, null, tier -> new Credits(micro));
    }

    /** With an access key that has a cap. */
    Spending.Outcome reserve(UUID userId, SpendingCap cap, long micro) {
        return spending.reserve(UUID.randomUUID(), userId, cap, tier -> new Credits(micro));
    }

    Reservation reserved(UUID userId, long micro) {
        return ((Spending.Outcome.Reserved) reserve(userId, micro)).reservation();
    }

    static Closed closed(UUID requestId, UUID userId, Reservation reservation, long cost) {
        return new Closed(
                requestId,
                userId,
                null,
                "chat",
                "gpt-5",
                false,
                1,
                reservation.tier(),
                13_000,
                Outcome.COMPLETED,
                Metering.REPORTED,
                TokenUsage.NONE,
                new Credits(cost),
                reservation.funding(),
                List.of(),
                null,
                1,
                null,
                2,
                null);
    }

    static Closed close(UUID userId, Reservation reservation, long cost) {
        var closed = closed(UUID.randomUUID(), userId, reservation, cost);
        reservation.close(closed);
        return closed;
    }

    @Override
    public void close() {
        client.close();
        journal.close();
    }
}
