package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.proxy.journal.Entry.Attempted;
import io.quotabank.proxy.journal.Entry.Funded;
import io.quotabank.proxy.journal.Entry.LeaseEnded;
import io.quotabank.proxy.journal.Entry.Leased;
import io.quotabank.proxy.journal.Entry.Noted;
import io.quotabank.proxy.journal.Entry.Opened;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records what requests and leases do before it has effect elsewhere. A record is safe from a crash of this process when
 * the call returns, and from a power cut 50 ms later. What closed goes to {@code usage.v1} by itself.
 */
public final class Journal {

    /**
     * What the price and the purse of a request are, pinned when it opens.
     *
     * @param funding what pays, in order
     */
    public record Terms(
            long priceVersion,
            String tier,
            int markupBasisPoints,
            List<Funding> funding,
            @Nullable String traceparent) {}

    private final JournalFile file;
    private final UsageMessages messages;
    private final LongSupplier nowMs;

    Journal(JournalFile file, UsageMessages messages, LongSupplier nowMs) {
        this.file = file;
        this.messages = messages;
        this.nowMs = nowMs;
    }

    /** False while the disk fails: then nothing new may start. */
    public boolean accepting() {
        return file.recording();
    }

    /** A lease, before it is asked for (with no amount), when it is granted, and before each of its statements. */
    public void leased(UUID leaseId, UUID userId, Credits amount, long sequence) {
        file.append(state -> new Leased(leaseId, userId, amount, state.spentFrom(leaseId), sequence));
    }

    /** The ledger needs no more word of the lease. */
    public void leaseEnded(UUID leaseId) {
        file.append(new LeaseEnded(leaseId));
    }

    /** A request, before anything is sent upstream. */
    public void opened(UsageEvent.Opened opened, Terms terms) {
        file.append(new Opened(
                opened.requestId(),
                opened.userId(),
                opened.accessKeyId(),
                opened.operation(),
                opened.requestModel(),
                opened.stream(),
                opened.reserved(),
                opened.startedAtMs(),
                terms.priceVersion(),
                terms.tier(),
                terms.markupBasisPoints(),
                terms.funding(),
                terms.traceparent()));
    }

    /** More was reserved for an open request. */
    public void funded(UUID requestId, List<Funding> funding) {
        file.append(new Funded(requestId, funding));
    }

    /** An upstream call, before it is made. */
    public void attempted(
            UUID requestId, int index, UUID keyId, @Nullable UUID ownerId, int ownerBasisPoints, String provider) {
        file.append(new Attempted(requestId, nowMs.getAsLong(), index, keyId, ownerId, ownerBasisPoints, provider));
    }

    /** What the last attempt has delivered so far. */
    public void noted(UUID requestId, TokenUsage delivered, Credits cost, Credits listCost) {
        file.append(new Noted(requestId, nowMs.getAsLong(), delivered, cost, listCost));
    }

    /** The end of a request, before its last byte goes to the client. */
    public void closed(UsageEvent.Closed closed, @Nullable String traceparent) {
        file.append(messages.entry(closed, traceparent));
    }
}
