package io.quotabank.systemtests.bench;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.contracts.usage.UsageEvent.Routing;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Closing records as a busy suite makes them: users and owners in Zipf's proportions, one owner in a third of all
 * events. Every user has a lease that pays for all of them, and as much beside it.
 */
final class Traffic {

    private record Lease(UUID user, UUID id) {}

    private static final int USERS = 20_000;
    private static final int OWNERS = 5_000;
    private static final int OWNER_BASIS_POINTS = 9_500;
    private static final long LEAST_COST = 1_000;
    private static final long MOST_COST = 10_000;
    private static final long TYPICAL_MS = 800;

    // Half of what a person has is for the lease; every second one's expires, in a day.
    private static final String OPEN = """
            WITH x AS (SELECT person, hold, CASE WHEN n % 2 = 0 THEN now() + interval '1 day' END AS expires_at
                       FROM unnest(?::uuid[], ?::uuid[]) WITH ORDINALITY AS x (person, hold, n)),
            a AS (INSERT INTO account (code, kind, side, person, posted, held, seq, lots, next_expiry)
                  SELECT 'user:' || person, 'user', 'credit', person, 2e12, 1e12, 1, 2e12, expires_at FROM x
                  RETURNING id, person, next_expiry),
            g AS (INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer)
                  SELECT 'signup:' || person, id, 'signup', 1, 2e12, next_expiry, uuidv7()
                  FROM a RETURNING account, transfer),
            t AS (INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
                  SELECT transfer, 1, account, 2e12, i.posted + n * 2e12, 2e12, i.seq + n, 1, 'bonus'
                  FROM (SELECT *, row_number() OVER () AS n FROM g) AS g, account i WHERE i.id = 1),
            i AS (UPDATE account SET posted = posted + 2e12 * (SELECT count(*) FROM x),
                      debited = debited + 2e12 * (SELECT count(*) FROM x), seq = seq + (SELECT count(*) FROM x)
                  WHERE id = 1)
            INSERT INTO hold (id, account, kind, instance, recall_url, amount, opened_uptime_ms)
            SELECT x.hold, a.id, 'lease', 'bench', 'http://127.0.0.1:9/', 1e12, 0 FROM x JOIN a ON a.person = x.person
            """;

    private final Random random = new Random(7);
    private final List<Lease> leases;

    private Traffic(List<Lease> leases) {
        this.leases = leases;
    }

    /** Opens the leases by one statement: this is not what is measured. */
    static Traffic open(Connection owner) throws SQLException {
        var random = new Random();
        var leases = IntStream.range(0, USERS)
                .mapToObj(i -> new Lease(UUID.randomUUID(), timeOrdered(random)))
                .toList();
        try (var open = owner.prepareStatement(OPEN)) {
            open.setArray(
                    1,
                    owner.createArrayOf("uuid", leases.stream().map(Lease::user).toArray()));
            open.setArray(
                    2,
                    owner.createArrayOf("uuid", leases.stream().map(Lease::id).toArray()));
            open.executeUpdate();
        }
        return new Traffic(leases);
    }

    /** Everybody, each with a million credits that no lease holds. */
    List<UUID> people() {
        return leases.stream().map(Lease::user).toList();
    }

    Closed next() {
        var lease = leases.get(zipf(USERS) - 1);
        // The first of Zipf's owners has a ninth of the events by rank; this makes it a third.
        int owner = random.nextInt(4) == 0 ? 1 : zipf(OWNERS);
        var cost = new Credits(random.nextLong(LEAST_COST, MOST_COST));
        var tokens = TokenUsage.of(random.nextLong(20, 2_000), random.nextLong(1, 500));
        long now = System.currentTimeMillis();
        return new Closed(
                timeOrdered(random),
                lease.user(),
                null,
                "chat",
                "gpt-4o-mini",
                true,
                1,
                "bronze",
                13_000,
                Outcome.COMPLETED,
                Metering.REPORTED,
                tokens,
                cost,
                List.of(new Funding(lease.id(), cost)),
                List.of(attempt(new UUID(7, owner), tokens, cost)),
                new Routing("smart", 0.7, 0.5, 0.8, 1, 0.9),
                now - TYPICAL_MS,
                now - TYPICAL_MS / 2,
                now,
                null);
    }

    private static Attempt attempt(UUID owner, TokenUsage tokens, Credits cost) {
        return new Attempt(
                new UUID(8, owner.getLeastSignificantBits()),
                owner,
                OWNER_BASIS_POINTS,
                "openai",
                Result.SERVED,
                200,
                tokens,
                cost,
                cost,
                TYPICAL_MS / 2,
                TYPICAL_MS,
                "chatcmpl-" + owner.getLeastSignificantBits(),
                "req-" + owner.getLeastSignificantBits());
    }

    /** 1 to n, each about as often as one in its rank: few are met often, many hardly. */
    private int zipf(int n) {
        return (int) Math.pow(n, random.nextDouble());
    }

    /** A UUIDv7 (RFC 9562, 5.7). */
    static UUID timeOrdered(Random random) {
        long time = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000);
        return new UUID(time, (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
    }
}
