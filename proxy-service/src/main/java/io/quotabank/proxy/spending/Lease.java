package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Credits that the ledger holds for one user's requests here. Reserving is lock-free; everything slower is under the
 * monitor. Until it is granted, while it is being replaced and once it has ended nothing can be reserved.
 */
final class Lease {

    /** Writes a new sequence down before a statement with it is told. */
    @FunctionalInterface
    interface Scribe {
        void write(Credits amount, long sequence);
    }

    // The top bit of what is left says that nothing may be reserved: one word, so one compare-and-set decides both.
    private static final long SHUT = Long.MIN_VALUE;
    private static final long NS_PER_MS = 1_000_000;

    private final UUID id;
    private final UUID userId;
    private final Scribe scribe;
    private final LongSupplier wallMs;
    private final long createdMs;
    private final long capVersion;
    private final AtomicLong rest = new AtomicLong(SHUT);
    private final Set<Slice> inFlight = ConcurrentHashMap.newKeySet();

    // Written before the lease is opened to anybody.
    private String tier = "";
    private long openedNs;
    private long reserveForNs;
    private volatile long usedNs;

    // Under the monitor.
    private Credits amount = Credits.ZERO;
    private Credits spent = Credits.ZERO;
    private Credits toldSpent = Credits.ZERO;
    private long sequence;
    private boolean told;
    private boolean finished;
    private @Nullable Statement last;
    private long takenSequence = -1;

    Lease(UUID id, UUID userId, Scribe scribe, long nowNs, LongSupplier wallMs) {
        this(id, userId, scribe, nowNs, wallMs, 0);
    }

    /** @param capVersion of the access key's cap that it is asked for under; 0 without one */
    Lease(UUID id, UUID userId, Scribe scribe, long nowNs, LongSupplier wallMs, long capVersion) {
        this.id = id;
        this.userId = userId;
        this.scribe = scribe;
        this.wallMs = wallMs;
        this.createdMs = wallMs.getAsLong();
        this.capVersion = capVersion;
        this.openedNs = nowNs;
        this.usedNs = nowNs;
    }

    UUID id() {
        return id;
    }

    UUID userId() {
        return userId;
    }

    String tier() {
        return tier;
    }

    /** False where the cap was changed since: then another lease is to be asked for. */
    boolean heeds(@Nullable SpendingCap cap) {
        return cap == null || cap.version() <= capVersion;
    }

    /**
     * Opens it for reserving. False where it was recalled before the answer came: then it is not to be used.
     *
     * @param askedNs when it was asked for: its age counts from there
     */
    synchronized boolean grant(Credits granted, String toTier, long askedNs, long forNs) {
        amount = granted;
        if (told) {
            return false;
        }
        scribe.write(amount, sequence);
        tier = toTier;
        openedNs = askedNs;
        reserveForNs = forNs;
        rest.set(granted.micro());
        return true;
    }

    /** Null where it is shut, too old, or has too little left. */
    @Nullable
    Slice reserve(UUID requestId, Credits atMost, long nowNs) {
        if (tooOld(nowNs)) {
            return null;
        }
        var slice = new Slice(requestId, atMost);
        inFlight.add(slice);
        if (take(atMost.micro())) {
            // Asked again: a process that was frozen in between must not reserve from a lease that is over.
            long after = System.nanoTime();
            if (!tooOld(after)) {
                slice.reserved();
                usedNs = after;
                return slice;
            }
            rest.addAndGet(atMost.micro());
        }
        slice.failed();
        inFlight.remove(slice);
        return null;
    }

    /**
     * Ends one request's slices.
     *
     * @param take what the request took: beyond what it had reserved, only what is left here is taken
     * @return what was taken
     */
    synchronized Credits close(Collection<Slice> slices, Credits take) {
        var reserved = Credits.ZERO;
        for (var slice : slices) {
            if (inFlight.remove(slice)) {
                reserved = reserved.plus(slice.atMost());
            }
        }
        var taken = take.min(reserved);
        rest.addAndGet(reserved.minus(taken).micro());
        taken = taken.plus(takeUpTo(take.minus(taken)));
        spent = spent.plus(taken);
        usedNs = System.nanoTime();
        return taken;
    }

    /** Stops reserving, for a replacement that may yet not come about. */
    void shut() {
        rest.getAndUpdate(left -> left | SHUT);
    }

    /** Takes {@link #shut()} back, unless the ledger was told that it has ended. */
    synchronized void reopen() {
        if (!told && !finished) {
            rest.getAndUpdate(left -> left & ~SHUT);
        }
    }

    /** Ends reserving for good and says what there is to say. The same again says the same. */
    synchronized Statement lastStatement() {
        told = true;
        return statement();
    }

    /** What {@link #lastStatement()} would say now, without ending it for good. */
    synchronized Statement statement() {
        shut();
        var now = new Statement(id, sequence, spent, listed(), true);
        if (last == null || !now.equals(last)) {
            sequence++;
            scribe.write(amount, sequence);
            last = new Statement(id, sequence, spent, now.inFlight(), true);
        }
        return last;
    }

    /** The ledger has taken a statement. */
    synchronized void taken(Statement statement) {
        told = true;
        if (statement.sequence() > takenSequence) {
            takenSequence = statement.sequence();
            toldSpent = statement.spent();
        }
    }

    /** True where the ledger does not know the newest: also for a lease that is over and was never told about. */
    synchronized boolean hasNews() {
        return told && !finished && (takenSequence < sequence || last == null || changed(last));
    }

    /** True once the ledger has taken a last statement with nothing in flight; from then on true only once. */
    synchronized boolean finish() {
        if (finished || !told || hasNews() || !inFlight.isEmpty()) {
            return false;
        }
        finished = true;
        return true;
    }

    /** Spending that the ledger has not been told of by a statement. */
    synchronized Credits untold() {
        return spent.minusOrZero(toldSpent);
    }

    synchronized boolean isTold() {
        return told;
    }

    boolean idleOrOld(long nowNs, long idleNs) {
        return rest.get() >= 0 && (nowNs - usedNs >= idleNs || tooOld(nowNs));
    }

    /** What requests have reserved in it and not closed. */
    Credits underWay() {
        return inFlight.stream().filter(Slice::isReserved).map(Slice::atMost).reduce(Credits.ZERO, Credits::plus);
    }

    /** What could be reserved now. */
    Credits rest() {
        return new Credits(Math.max(0, rest.get()));
    }

    static Funding funding(Lease lease, Credits atMost) {
        return new Funding(lease.id, atMost);
    }

    // By either clock: monotonic time stands still while a host is suspended, and the ledger's goes on.
    private boolean tooOld(long nowNs) {
        return nowNs - openedNs >= reserveForNs || (wallMs.getAsLong() - createdMs) * NS_PER_MS >= reserveForNs;
    }

    private boolean take(long micro) {
        while (true) {
            long left = rest.get();
            if (left < micro) {
                return false;
            }
            if (rest.compareAndSet(left, left - micro)) {
                return true;
            }
        }
    }

    private Credits takeUpTo(Credits most) {
        while (true) {
            long left = rest.get();
            long taken = Math.min(Math.max(0, left), most.micro());
            if (taken == 0 || rest.compareAndSet(left, left - taken)) {
                return new Credits(taken);
            }
        }
    }

    private boolean changed(Statement from) {
        return !spent.equals(from.spent()) || !listed().equals(from.inFlight());
    }

    // One line for each request, however many slices it has; in a fixed order, so that equal lists are equal.
    private List<InFlight> listed() {
        var byRequest = new LinkedHashMap<UUID, Credits>();
        for (var slice : inFlight) {
            if (slice.isReserved()) {
                byRequest.merge(slice.requestId(), slice.atMost(), Credits::plus);
            }
        }
        return byRequest.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(request -> new InFlight(request.getKey(), request.getValue()))
                .toList();
    }
}
