package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Routing;
import java.util.List;
import java.util.UUID;

/** Closing records with figures that are easy to tell apart. */
final class ClosedRequests {

    /** @param laterMs after an instant that is the same for all */
    static Closed closed(UUID id, UUID user, String model, Outcome outcome, long laterMs, List<Attempt> attempts) {
        long started = 1_700_000_000_000L + laterMs;
        return new Closed(
                id,
                user,
                null,
                "chat",
                model,
                true,
                3,
                "bronze",
                13_000,
                outcome,
                Metering.REPORTED,
                new TokenUsage(12, 34, 3, 2, 4),
                new Credits(1_300_000),
                List.of(new Funding(new UUID(7, 7), new Credits(2_000_000))),
                attempts,
                new Routing("smart", 0.5, 0.25, 0.5, 0.75, 1.0),
                started,
                started + 50,
                started + 1_000,
                "mine");
    }

    /** The same but for its id and cost. */
    static Closed with(Closed closed, UUID id, Credits cost) {
        return new Closed(
                id,
                closed.userId(),
                closed.accessKeyId(),
                closed.operation(),
                closed.requestModel(),
                closed.stream(),
                closed.priceVersion(),
                closed.tier(),
                closed.markupBasisPoints(),
                closed.outcome(),
                closed.metering(),
                closed.tokens(),
                cost,
                closed.funding(),
                closed.attempts(),
                closed.routing(),
                closed.startedAtMs(),
                closed.firstByteAtMs(),
                closed.closedAtMs(),
                closed.clientRequestId());
    }

    private ClosedRequests() {}
}
