package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a journal holds, one after the other. Reading an entry twice in order changes nothing. */
sealed interface Entry {

    /** A request, before anything was sent upstream: all that an abandoned one is closed from. */
    record Opened(
            UUID requestId,
            UUID userId,
            @Nullable UUID accessKeyId,
            String operation,
            String model,
            boolean stream,
            Credits reserved,
            long startedAtMs,
            long priceVersion,
            String tier,
            int markupBasisPoints,
            List<Funding> funding,
            @Nullable String traceparent)
            implements Entry {}

    /** More was reserved: what pays now. */
    record Funded(UUID requestId, List<Funding> funding) implements Entry {}

    /** An upstream call, before it was made. */
    record Attempted(
            UUID requestId,
            long atMs,
            int index,
            UUID keyId,
            @Nullable UUID ownerId,
            int ownerBasisPoints,
            String provider)
            implements Entry {}

    /** What the last attempt had delivered to the client by then. */
    record Noted(UUID requestId, long atMs, TokenUsage delivered, Credits cost, Credits listCost) implements Entry {}

    /** The end of a request, with the event as {@code usage.v1} carries it. */
    // The array is compared by content below, and nothing writes into it.
    @SuppressWarnings("ArrayRecordComponent")
    record Closed(
            UUID requestId,
            UUID userId,
            long atMs,
            Credits cost,
            List<Funding> funding,
            @Nullable String traceparent,
            byte[] event)
            implements Entry {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Closed that
                    && requestId.equals(that.requestId)
                    && userId.equals(that.userId)
                    && atMs == that.atMs
                    && cost.equals(that.cost)
                    && funding.equals(that.funding)
                    && Objects.equals(traceparent, that.traceparent)
                    && Arrays.equals(event, that.event);
        }

        @Override
        public int hashCode() {
            return requestId.hashCode();
        }
    }

    /**
     * A lease that this process holds.
     *
     * @param amount zero until the ledger has granted it
     * @param spent what closed records have taken from it, as of this entry
     * @param sequence of its last statement
     */
    record Leased(UUID leaseId, UUID userId, Credits amount, Credits spent, long sequence) implements Entry {}

    /** The ledger has taken the last statement of a lease. */
    record LeaseEnded(UUID leaseId) implements Entry {}
}
