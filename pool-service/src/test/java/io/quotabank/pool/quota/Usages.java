package io.quotabank.pool.quota;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import java.util.List;
import java.util.UUID;

/** Closed requests as proxy-service reports them. */
final class Usages {

    static Attempt served(UUID key, UUID owner, long served, long list) {
        return attempt(key, owner, Result.SERVED, 200, served, list);
    }

    static Attempt attempt(UUID key, UUID owner, Result result, int status, long served, long list) {
        var tokens = result == Result.SERVED ? TokenUsage.of(10, 20) : TokenUsage.NONE;
        var firstByte = result == Result.SERVED ? 40L : null;
        return new Attempt(
                key,
                owner,
                9_500,
                "openai",
                result,
                status,
                tokens,
                new Credits(served),
                new Credits(list),
                firstByte,
                100,
                null,
                null);
    }

    static Closed closed(UUID request, Attempt... attempts) {
        return closedAt(3, request, attempts);
    }

    static Closed closedAt(long closedAtMs, UUID request, Attempt... attempts) {
        return new Closed(
                request,
                UUID.randomUUID(),
                null,
                "chat",
                "gpt-4o-mini",
                true,
                1,
                "bronze",
                13_000,
                Outcome.COMPLETED,
                Metering.REPORTED,
                TokenUsage.of(10, 20),
                Credits.ZERO,
                List.of(),
                List.of(attempts),
                null,
                1,
                2L,
                closedAtMs,
                null);
    }

    private Usages() {}
}
