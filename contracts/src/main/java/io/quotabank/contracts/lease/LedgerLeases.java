package io.quotabank.contracts.lease;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/**
 * Spending leases at the ledger, as proxy-service calls them. Both calls may be repeated: a lease is opened once by its
 * id, a statement is taken once by its sequence.
 */
@FeignClient(name = "ledger-service", contextId = "ledgerLeases")
public interface LedgerLeases {

    /** Opens a lease, after booking the statement of the one it replaces in the same transaction. */
    @PostMapping("/internal/leases")
    Answer open(@RequestBody Open open);

    /** Books what a lease has spent and has in flight. */
    @PostMapping("/internal/leases/{leaseId}/statements")
    void state(@PathVariable("leaseId") UUID leaseId, @RequestBody Statement statement);

    /**
     * @param leaseId a UUIDv7 of the holder's; opening the same id again gives the first answer
     * @param instance the holder's name for this run, told again in every statement
     * @param recallUrl the holder's registered address, where a recall is posted
     * @param need the least that is of use; less is refused
     * @param want what about five minutes of recent spending would take, at least {@code need}
     * @param replaced the final statement of a lease of the same holder and user that ends with this call
     * @param cap of the access key that the lease is for; null for a lease of all keys without one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Open(
            UUID leaseId,
            UUID userId,
            String instance,
            String recallUrl,
            Credits need,
            Credits want,
            List<Statement> replaced,
            @Nullable SpendingCap cap) {

        public Open {
            replaced = List.copyOf(replaced);
            if (want.compareTo(need) < 0) {
                throw new IllegalArgumentException("want is below need");
            }
        }

        /** Without a cap. */
        public Open(
                UUID leaseId,
                UUID userId,
                String instance,
                String recallUrl,
                Credits need,
                Credits want,
                List<Statement> replaced) {
            this(leaseId, userId, instance, recallUrl, need, want, replaced, null);
        }
    }

    /**
     * @param granted what the lease holds, at least what was needed; null where the user, or the key's cap, can't afford it
     * @param tier bronze, silver or gold
     * @param balance posted less the closed spending that statements have told and that has not posted yet
     * @param available what the user could still reserve elsewhere, after this lease
     * @param reserveForMs how long the holder may reserve in it, by its own monotonic clock
     * @param capLeft what could still be reserved under the cap that was named, after this lease; null where none was
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            UUID leaseId,
            @Nullable Credits granted,
            String tier,
            Credits balance,
            Credits available,
            long reserveForMs,
            @Nullable Credits capLeft) {

        /** Without a cap. */
        public Answer(
                UUID leaseId,
                @Nullable Credits granted,
                String tier,
                Credits balance,
                Credits available,
                long reserveForMs) {
            this(leaseId, granted, tier, balance, available, reserveForMs, null);
        }
    }

    /**
     * @param sequence rises with each statement of the lease
     * @param spent what closed requests have taken from the lease since it opened, posted or not
     * @param inFlight requests that have reserved and not closed
     * @param last true: nothing more will be reserved; what is neither spent nor in flight returns at once
     */
    record Statement(UUID leaseId, long sequence, Credits spent, List<InFlight> inFlight, boolean last) {
        public Statement {
            inFlight = List.copyOf(inFlight);
        }
    }

    record InFlight(UUID requestId, Credits atMost) {}

    /** What the ledger posts to {@code recallUrl}; the answer is the lease's last {@link Statement}. */
    record Recall(UUID leaseId) {}
}
