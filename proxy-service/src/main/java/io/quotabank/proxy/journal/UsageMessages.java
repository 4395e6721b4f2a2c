package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.journal.Entry.Attempted;
import io.quotabank.proxy.journal.Entry.Closed;
import io.quotabank.proxy.journal.Entry.Noted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Entries of the journal as usage events, the abandoned by rows 12 to 14 of docs/settlement.md. */
final class UsageMessages {

    private final JsonMapper json;

    UsageMessages(JsonMapper json) {
        this.json = json;
    }

    Closed entry(UsageEvent.Closed closed, @Nullable String traceparent) {
        return new Closed(
                closed.requestId(),
                closed.userId(),
                closed.closedAtMs(),
                closed.cost(),
                closed.funding(),
                traceparent,
                json.writeValueAsBytes(closed));
    }

    static UsageMessage message(Closed closed) {
        return new UsageMessage(
                closed.requestId(),
                closed.userId(),
                UsageEvent.CLOSED_TYPE,
                closed.atMs(),
                closed.traceparent(),
                closed.event());
    }

    UsageMessage announcement(OpenRequest request) {
        var opened = request.opened();
        var event = new UsageEvent.Opened(
                opened.requestId(),
                opened.userId(),
                opened.accessKeyId(),
                opened.operation(),
                opened.model(),
                opened.stream(),
                opened.reserved(),
                opened.startedAtMs());
        return new UsageMessage(
                opened.requestId(),
                opened.userId(),
                UsageEvent.OPENED_TYPE,
                opened.startedAtMs(),
                opened.traceparent(),
                json.writeValueAsBytes(event));
    }

    /**
     * How a request ends that its process left open: paid up to its last note, by nobody where nothing was delivered.
     * Made from the journal alone, so that a second replay says the same.
     */
    Closed abandoned(OpenRequest request) {
        var opened = request.opened();
        var noted = request.noted();
        var closed = new UsageEvent.Closed(
                opened.requestId(),
                opened.userId(),
                opened.accessKeyId(),
                opened.operation(),
                opened.model(),
                opened.stream(),
                opened.priceVersion(),
                opened.tier(),
                opened.markupBasisPoints(),
                Outcome.ABANDONED,
                noted == null ? Metering.NONE : Metering.COUNTED,
                noted == null ? TokenUsage.NONE : noted.delivered(),
                noted == null ? Credits.ZERO : noted.cost(),
                request.funding(),
                attempts(request),
                null,
                opened.startedAtMs(),
                null,
                request.lastAtMs(),
                null);
        return entry(closed, opened.traceparent());
    }

    private static List<Attempt> attempts(OpenRequest request) {
        var attempts = new ArrayList<Attempt>();
        var made = request.attempts();
        for (int i = 0; i < made.size(); i++) {
            // Only the last call can have delivered: a failed one is not followed by another after its first byte.
            var noted = i == made.size() - 1 ? request.noted() : null;
            attempts.add(attempt(made.get(i), noted, request.lastAtMs()));
        }
        return attempts;
    }

    private static Attempt attempt(Attempted made, @Nullable Noted noted, long lastAtMs) {
        return new Attempt(
                made.keyId(),
                made.ownerId(),
                made.ownerBasisPoints(),
                made.provider(),
                // We stopped it by dying: nobody else is to blame.
                Result.CANCELLED,
                null,
                noted == null ? TokenUsage.NONE : noted.delivered(),
                noted == null ? Credits.ZERO : noted.cost(),
                noted == null ? Credits.ZERO : noted.listCost(),
                null,
                Math.max(0, lastAtMs - made.atMs()),
                null,
                null);
    }
}
