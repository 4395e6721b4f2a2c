package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.money.Credits;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one user, or one access key with a cap, has here: the lease that is reserved from, those that are ending, and the
 * one being asked for.
 */
final class Wallet {

    /** What came of asking the ledger, shared by all who waited for it. */
    sealed interface Answer {

        record Granted() implements Answer {}

        /** @param byCap the cap has less than the user, by the limits of this version; 0 without a cap */
        record Refused(Credits available, String tier, boolean byCap, long capVersion) implements Answer {}

        record Away() implements Answer {}

        /** This wallet was forgotten meanwhile: the user's next one is to be asked. */
        record Gone() implements Answer {}
    }

    /**
     * A lease that the ledger was asked for and has not answered.
     *
     * @param doubtful the ledger may have granted it
     */
    record Asked(Lease lease, Open open, @Nullable Lease replaced, long askedNs, boolean doubtful) {

        Asked doubted() {
            return new Asked(lease, open, replaced, askedNs, true);
        }
    }

    private static final CompletableFuture<Answer> GONE = CompletableFuture.completedFuture(new Answer.Gone());

    private final UUID userId;
    private volatile @Nullable SpendingCap cap;
    private final RecentSpend recent;
    private final AtomicLong waitingMicro = new AtomicLong();
    private final AtomicLong balanceMicro = new AtomicLong();

    private volatile @Nullable Lease lease;
    private volatile String tier = "";
    private volatile long usedNs;

    // Under the monitor.
    private final List<Lease> leases = new ArrayList<>();
    private @Nullable CompletableFuture<Answer> flight;
    private @Nullable Asked asked;
    private boolean gone;

    Wallet(UUID userId, @Nullable SpendingCap cap, RecentSpend recent, long nowNs) {
        this.userId = userId;
        this.cap = cap;
        this.recent = recent;
        this.usedNs = nowNs;
    }

    UUID userId() {
        return userId;
    }

    /** The newest cap seen; null in a wallet of keys without one. */
    @Nullable
    SpendingCap cap() {
        return cap;
    }

    /** Takes over a cap that is newer than the one known. */
    void heed(SpendingCap told) {
        if (isNewer(told)) {
            synchronized (this) {
                if (isNewer(told)) {
                    cap = told;
                }
            }
        }
    }

    private boolean isNewer(SpendingCap told) {
        var known = cap;
        return known == null || told.version() > known.version();
    }

    @Nullable
    Lease lease() {
        return lease;
    }

    String tier() {
        return tier;
    }

    Credits balance() {
        return new Credits(Math.max(0, balanceMicro.get()));
    }

    /** What those who wait for a lease need together. */
    AtomicLong waiting() {
        return waitingMicro;
    }

    RecentSpend recent() {
        return recent;
    }

    void use(long nowNs) {
        usedNs = nowNs;
    }

    void spent(Credits taken, long nowNs) {
        balanceMicro.addAndGet(-taken.micro());
        recent.add(taken, nowNs);
        usedNs = nowNs;
    }

    /** The flight to wait for; null where the caller is to fly itself, with {@link #landed} at the end. */
    synchronized @Nullable CompletableFuture<Answer> join() {
        if (gone) {
            return GONE;
        }
        if (flight != null) {
            return flight;
        }
        flight = new CompletableFuture<>();
        return null;
    }

    void landed(Answer answer) {
        CompletableFuture<Answer> waited;
        synchronized (this) {
            waited = flight;
            flight = null;
        }
        if (waited != null) {
            waited.complete(answer);
        }
    }

    synchronized @Nullable Asked asked() {
        return asked;
    }

    synchronized void ask(Asked now) {
        asked = now;
        leases.add(now.lease());
    }

    synchronized void doubt() {
        asked = asked == null ? null : asked.doubted();
    }

    synchronized void answered() {
        asked = null;
    }

    /** Takes a granted lease into use. */
    synchronized void open(Lease granted) {
        tier = granted.tier();
        lease = granted;
    }

    /** The ledger's word on what is posted, less what closed here that it has not been told of. */
    synchronized void balance(Credits told) {
        long untold = leases.stream().mapToLong(each -> each.untold().micro()).sum();
        balanceMicro.set(told.micro() - untold);
    }

    /** What requests have reserved that have not closed. */
    Credits underWay() {
        return leases().stream().map(Lease::underWay).reduce(Credits.ZERO, Credits::plus);
    }

    void tier(String told) {
        tier = told;
    }

    /** Nothing more is reserved from it here. */
    synchronized void leave(Lease ending) {
        if (lease == ending) {
            lease = null;
        }
    }

    synchronized List<Lease> leases() {
        return List.copyOf(leases);
    }

    synchronized void forget(Lease finished) {
        leave(finished);
        leases.remove(finished);
    }

    /** True where it can be forgotten; from then on it must not be used. */
    synchronized boolean leaveWhenIdle(long nowNs, long idleNs) {
        boolean empty = leases.isEmpty() && asked == null && flight == null;
        gone = gone || (empty && nowNs - usedNs >= idleNs);
        return gone;
    }
}
