package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases.Statement;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Every lease that this process has and that is not over, by its id: the ledger recalls by it. */
final class Leases {

    private record Held(Lease lease, Wallet wallet) {}

    private final ConcurrentMap<UUID, Held> byId = new ConcurrentHashMap<>();

    void add(Lease lease, Wallet wallet) {
        byId.put(lease.id(), new Held(lease, wallet));
    }

    void remove(UUID id) {
        byId.remove(id);
    }

    int size() {
        return byId.size();
    }

    /** Ends a lease at once and says what it spent; empty where it is not held here. */
    Optional<Statement> recall(UUID id) {
        return Optional.ofNullable(byId.get(id)).map(held -> {
            held.wallet().leave(held.lease());
            return held.lease().lastStatement();
        });
    }
}
