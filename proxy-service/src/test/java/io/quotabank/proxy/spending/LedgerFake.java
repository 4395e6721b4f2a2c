package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.contracts.money.Credits;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A ledger of leases in memory that keeps the rules of docs/settlement.md: a lease is held on its user's account, half
 * of what is available but at least what is needed; a last statement returns what is neither spent nor in flight.
 */
public final class LedgerFake implements LedgerLeases {

    private static final class Account {
        private long posted;
        private long held;
    }

    private static final class Lease {
        private final UUID userId;
        private final Answer answer;
        private long held;
        private long sequence = -1;

        Lease(UUID userId, Answer answer, long held) {
            this.userId = userId;
            this.answer = answer;
            this.held = held;
        }
    }

    private final Map<UUID, Account> accounts = new HashMap<>();
    private final Map<UUID, Lease> leases = new HashMap<>();
    private volatile boolean away;

    /** Sets what a user has. */
    public synchronized void balance(UUID userId, Credits posted) {
        accounts.computeIfAbsent(userId, id -> new Account()).posted = posted.micro();
    }

    /** From now on every call fails, or works again. */
    public void away(boolean isAway) {
        away = isAway;
    }

    @Override
    public synchronized Answer open(Open open) {
        refuseIfAway();
        open.replaced().forEach(this::book);
        var known = leases.get(open.leaseId());
        if (known != null) {
            return known.answer;
        }
        var account = accounts.computeIfAbsent(open.userId(), id -> new Account());
        long available = account.posted - account.held;
        long need = open.need().micro();
        if (available < need) {
            return new Answer(open.leaseId(), null, "bronze", credits(account.posted), credits(available), 0);
        }
        long granted = Math.min(open.want().micro(), Math.max(need, available / 2));
        account.held += granted;
        var answer = new Answer(
                open.leaseId(),
                credits(granted),
                "bronze",
                credits(account.posted),
                credits(available - granted),
                600_000);
        leases.put(open.leaseId(), new Lease(open.userId(), answer, granted));
        return answer;
    }

    @Override
    public synchronized void state(UUID leaseId, Statement statement) {
        refuseIfAway();
        book(statement);
    }

    private void book(Statement statement) {
        var lease = leases.get(statement.leaseId());
        if (lease == null || statement.sequence() <= lease.sequence) {
            return;
        }
        lease.sequence = statement.sequence();
        if (statement.last()) {
            long kept = statement.spent().micro();
            for (var request : statement.inFlight()) {
                kept += request.atMost().micro();
            }
            accounts.get(lease.userId).held += kept - lease.held;
            lease.held = kept;
        }
    }

    private void refuseIfAway() {
        if (away) {
            throw new IllegalStateException("the ledger is away");
        }
    }

    private static Credits credits(long micro) {
        return new Credits(micro);
    }
}
