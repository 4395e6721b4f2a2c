package io.quotabank.ledger;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Closing records to settle: what matters is set, the rest is as it usually is. */
public final class TestUsage {

    public static final Ids IDS = new Ids(Clock.systemUTC());
    public static final int CONSIGNMENT = 9_500;

    private final UUID user;
    private UUID request = IDS.next();
    private Outcome outcome = Outcome.COMPLETED;
    private Credits cost = Credits.ZERO;
    private final List<Funding> funding = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();

    private TestUsage(UUID user) {
        this.user = user;
    }

    public static TestUsage of(UUID user) {
        return new TestUsage(user);
    }

    public TestUsage request(UUID id) {
        request = id;
        return this;
    }

    public TestUsage outcome(Outcome how) {
        outcome = how;
        return this;
    }

    /** Micro-credits. */
    public TestUsage cost(long micro) {
        cost = new Credits(micro);
        return this;
    }

    public TestUsage from(UUID hold, long atMostMicro) {
        funding.add(new Funding(hold, new Credits(atMostMicro)));
        return this;
    }

    /** An attempt on a consignment key. */
    public TestUsage served(UUID owner, long micro) {
        return attempt(owner, CONSIGNMENT, micro);
    }

    public TestUsage attempt(@Nullable UUID owner, int basisPoints, long micro) {
        attempts.add(new Attempt(
                IDS.next(),
                owner,
                basisPoints,
                "openai",
                Result.SERVED,
                200,
                TokenUsage.of(100, 20),
                new Credits(micro),
                new Credits(micro),
                12L,
                345,
                null,
                null));
        return this;
    }

    public Closed closed() {
        long now = System.currentTimeMillis();
        return new Closed(
                request,
                user,
                null,
                "chat",
                "gpt-4o-mini",
                true,
                1,
                "bronze",
                13_000,
                outcome,
                Metering.REPORTED,
                TokenUsage.of(100, 20),
                cost,
                List.copyOf(funding),
                List.copyOf(attempts),
                null,
                now - 500,
                now - 400,
                now,
                null);
    }
}
