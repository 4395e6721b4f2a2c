package io.quotabank.contracts.charge;

import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.UUID;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** What requests were charged, for those who show it beside the cost. It only reads, and may be repeated. */
@FeignClient(name = "ledger-service", contextId = "ledgerCharges")
public interface LedgerCharges {

    /** The most requests of one call. */
    int MOST_REQUESTS = 1_000;

    /** The charges of those that are settled, in no order; the others are left out. */
    @PostMapping("/internal/charges")
    List<Charge> charges(@RequestBody Wish wish);

    /** @param requestIds at most {@link #MOST_REQUESTS} */
    record Wish(List<UUID> requestIds) {
        public Wish {
            requestIds = List.copyOf(requestIds);
            if (requestIds.size() > MOST_REQUESTS) {
                throw new IllegalArgumentException("more than " + MOST_REQUESTS + " requests");
            }
        }
    }

    /** @param charge what was taken from the buyer: the lesser of the cost and what the holds still had */
    record Charge(UUID requestId, Credits charge) {}
}
