package io.quotabank.proxy.spending;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.proxy.catalog.PricedModel;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one request has reserved, and its way into the journal. Confined to the request's thread. */
public final class Reservation {

    /** The tier that the ledger told, pinned for the request. */
    public String tier() {
        throw new UnsupportedOperationException();
    }

    /** Everything reserved so far. */
    public Credits atMost() {
        throw new UnsupportedOperationException();
    }

    /** Reserves more; false where it can't be afforded or the ledger is away. */
    public boolean extend(Credits more) {
        throw new UnsupportedOperationException();
    }

    /** The W3C trace context that the closed event carries through Kafka. */
    public void traceparent(@Nullable String traceparent) {
        throw new UnsupportedOperationException();
    }

    /** Journals the request. Comes before anything is sent upstream. */
    public void opened(UsageEvent.Opened opened, PricedModel price, int markupBp) {
        throw new UnsupportedOperationException();
    }

    /** Journals one upstream call. Comes before the call. */
    public void attempt(int index, UUID keyId, @Nullable UUID ownerId, int ownerBasisPoints, String provider) {
        throw new UnsupportedOperationException();
    }

    /** Journals what was delivered so far: with the first bytes, then at most each second. */
    public void note(TokenUsage delivered, Credits cost, Credits listCost) {
        throw new UnsupportedOperationException();
    }

    /** What pays, in order, for the closed event. */
    public List<UsageEvent.Funding> funding() {
        throw new UnsupportedOperationException();
    }

    /** Journals the end, then returns what was not taken. Exactly once, before the last byte goes out. */
    public void close(UsageEvent.Closed closed) {
        throw new UnsupportedOperationException();
    }

    /** Returns everything without a record: only for a request that ends before it was opened. */
    public void release() {
        throw new UnsupportedOperationException();
    }

    /** The user's balance as far as known here: the ledger's last word less what closed here since. */
    public Credits balance() {
        throw new UnsupportedOperationException();
    }
}
