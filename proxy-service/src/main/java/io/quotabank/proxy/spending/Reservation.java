package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.journal.Journal;
import io.quotabank.proxy.journal.Takes;
import io.quotabank.proxy.spending.Spending.Held;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one request has reserved, and its way into the journal. Confined to the request's thread. */
public final class Reservation {

    private final Spending spending;
    private final Journal journal;
    private final UUID requestId;
    private final UUID userId;
    private final @Nullable SpendingCap cap;
    private final String tier;
    private final Map<Lease, List<Slice>> held = new LinkedHashMap<>();
    private Credits atMost = Credits.ZERO;
    private @Nullable String traceparent;
    private boolean opened;
    private boolean closed;

    Reservation(
            Spending spending, Journal journal, UUID requestId, UUID userId, @Nullable SpendingCap cap, Held first) {
        this.spending = spending;
        this.journal = journal;
        this.requestId = requestId;
        this.userId = userId;
        this.cap = cap;
        this.tier = first.lease().tier();
        add(first);
    }

    /** The tier that the ledger told, pinned for the request. */
    public String tier() {
        return tier;
    }

    /** Everything reserved so far. */
    public Credits atMost() {
        return atMost;
    }

    /** Reserves more; false where it can't be afforded or the ledger is away. */
    public boolean extend(Credits more) {
        var found = spending.more(requestId, userId, cap, more);
        if (found == null) {
            return false;
        }
        add(found);
        if (opened) {
            journal.funded(requestId, funding());
        }
        return true;
    }

    /** The W3C trace context that the request's events carry through Kafka; before {@link #opened}. */
    public void traceparent(@Nullable String context) {
        traceparent = context;
    }

    /** Journals the request. Comes before anything is sent upstream. */
    public void opened(UsageEvent.Opened event, PricedModel price, int markupBp) {
        journal.opened(event, new Journal.Terms(price.priceVersion(), tier, markupBp, funding(), traceparent));
        opened = true;
    }

    /** Journals one upstream call. Comes before the call. */
    public void attempt(int index, UUID keyId, @Nullable UUID ownerId, int ownerBasisPoints, String provider) {
        journal.attempted(requestId, index, keyId, ownerId, ownerBasisPoints, provider);
    }

    /** Journals what was delivered so far: with the first bytes, then at most each second. */
    public void note(TokenUsage delivered, Credits cost, Credits listCost) {
        journal.noted(requestId, delivered, cost, listCost);
    }

    /** What pays, in order, for the closed event. */
    public List<Funding> funding() {
        var funding = new ArrayList<Funding>(held.size());
        held.forEach((lease, slices) -> funding.add(new Funding(lease.id(), sum(slices))));
        return funding;
    }

    /**
     * Journals the end, then returns what was not taken. Exactly once, before the last byte goes out. The event's funding
     * is {@link #funding()}.
     */
    public void close(UsageEvent.Closed event) {
        if (!event.funding().equals(funding())) {
            throw new IllegalArgumentException("the closed event is not funded by its reservation");
        }
        end();
        try {
            journal.closed(event, traceparent);
        } finally {
            giveBack(event.cost());
        }
    }

    /** Returns everything without a record: only for a request that ends before it was opened. */
    public void release() {
        if (opened) {
            throw new IllegalStateException("an opened request has to be closed");
        }
        end();
        giveBack(Credits.ZERO);
    }

    /** The user's balance as far as known here: the ledger's last word less what closed here since. */
    public Credits balance() {
        return spending.balance(userId, cap);
    }

    private void end() {
        if (closed) {
            throw new IllegalStateException("request " + requestId + " has ended before");
        }
        closed = true;
    }

    private void giveBack(Credits cost) {
        var takes = Takes.of(funding(), cost).iterator();
        var taken = Credits.ZERO;
        for (var part : held.entrySet()) {
            taken = taken.plus(part.getKey().close(part.getValue(), takes.next()));
        }
        if (!taken.isZero()) {
            spending.spent(userId, cap, taken);
        }
    }

    private void add(Held found) {
        held.computeIfAbsent(found.lease(), lease -> new ArrayList<>(1)).add(found.slice());
        atMost = atMost.plus(found.slice().atMost());
    }

    private static Credits sum(List<Slice> slices) {
        return slices.stream().map(Slice::atMost).reduce(Credits.ZERO, Credits::plus);
    }
}
