package io.quotabank.contracts.cap;

import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.UUID;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** What access keys spent under their caps, for those who show it. It only reads, and may be repeated. */
@FeignClient(name = "ledger-service", contextId = "ledgerCaps")
public interface LedgerCaps {

    /** The most access keys of one call. */
    int MOST_KEYS = 1_000;

    /** Those that have spent or reserved something under a cap, in no order; the others are left out. */
    @PostMapping("/internal/caps")
    List<Spent> spent(@RequestBody Wish wish);

    /** @param accessKeyIds at most {@link #MOST_KEYS} */
    record Wish(List<UUID> accessKeyIds) {
        public Wish {
            accessKeyIds = List.copyOf(accessKeyIds);
            if (accessKeyIds.size() > MOST_KEYS) {
                throw new IllegalArgumentException("more than " + MOST_KEYS + " access keys");
            }
        }
    }

    /**
     * @param total charged since the key first had a cap
     * @param today charged in this UTC day: a lease counts in the day in which it was opened
     * @param month charged in this UTC month, likewise
     * @param held reserved and not charged yet, in all
     */
    record Spent(UUID accessKeyId, Credits total, Credits today, Credits month, Credits held) {}
}
