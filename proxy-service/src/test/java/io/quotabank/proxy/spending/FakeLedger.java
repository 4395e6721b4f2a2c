package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.proxy.journal.Takes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The ledger's side of leases in memory: one lock, and notes where a rule is broken. */
final class FakeLedger implements LedgerLeases {

    private static final class Hold {
        private final UUID userId;
        private final UUID accessKey;
        private final long amount;
        private long settled;
        private long released;
        private long spentTold;
        private long sequence;
        private boolean last;

        private Hold(UUID userId, UUID accessKey, long amount) {
            this.userId = userId;
            this.accessKey = accessKey;
            this.amount = amount;
        }

        private long left() {
            return amount - settled - released;
        }
    }

    private final Map<UUID, Long> posted = new HashMap<>();
    private final Map<UUID, Hold> holds = new LinkedHashMap<>();
    private final Map<UUID, SpendingCap> caps = new HashMap<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Set<UUID> settledRequests = new HashSet<>();
    private volatile Function<Recall, Optional<Statement>> recall = recalled -> Optional.empty();
    private String tier = "bronze";
    private long reserveForMs = 600_000;
    private long loss;
    private int opens;
    private volatile RuntimeException before;
    private volatile RuntimeException after;

    synchronized FakeLedger with(UUID userId, long micro) {
        posted.merge(userId, micro, Long::sum);
        return this;
    }

    void recallsBy(Function<Recall, Optional<Statement>> holder) {
        recall = holder;
    }

    synchronized void tier(String name) {
        tier = name;
    }

    synchronized void reserveFor(long ms) {
        reserveForMs = ms;
    }

    /** Fails each call, before or after it has taken effect; null no longer. */
    void failBefore(RuntimeException failure) {
        before = failure;
    }

    void failAfter(RuntimeException failure) {
        after = failure;
    }

    @Override
    public Answer open(Open open) {
        fail(before);
        var first = attempt(open);
        if (first.granted() == null) {
            // As the ledger does: recalls are asked for while nothing is locked.
            for (var id : recallable(open)) {
                recall.apply(new Recall(id)).ifPresent(this::book);
            }
            first = attempt(open);
        }
        fail(after);
        return first;
    }

    @Override
    public void state(UUID leaseId, Statement statement) {
        fail(before);
        book(statement);
        fail(after);
    }

    synchronized void settle(Closed closed) {
        if (!settledRequests.add(closed.requestId())) {
            return;
        }
        long charged = 0;
        var takes = Takes.of(closed.funding(), closed.cost());
        for (int i = 0; i < takes.size(); i++) {
            var hold = holds.get(closed.funding().get(i).hold());
            long charge = Math.min(takes.get(i).micro(), hold.left());
            hold.settled += charge;
            charged += charge;
        }
        posted.merge(closed.userId(), -charged, Long::sum);
        loss += closed.cost().micro() - charged;
        check(closed.userId());
    }

    synchronized long posted(UUID userId) {
        return posted.getOrDefault(userId, 0L);
    }

    synchronized long held(UUID userId) {
        return holds.values().stream()
                .filter(hold -> hold.userId.equals(userId))
                .mapToLong(Hold::left)
                .sum();
    }

    /** Rules that were broken; none in a good run. */
    List<String> violations() {
        return violations;
    }

    synchronized long loss() {
        return loss;
    }

    synchronized int opens() {
        return opens;
    }

    private synchronized Answer attempt(Open open) {
        opens++;
        open.replaced().forEach(this::book);
        var known = holds.get(open.leaseId());
        long available = posted(open.userId()) - held(open.userId());
        Long granted = known != null ? Long.valueOf(known.amount) : null;
        var key = open.cap() == null ? null : open.cap().accessKeyId();
        long capLeft = open.cap() == null ? Long.MAX_VALUE : capLeft(open.cap());
        long room = Math.min(available, capLeft);
        long need = Math.max(1, open.need().micro());
        if (granted == null && room >= need) {
            granted = Math.min(Math.max(1, open.want().micro()), Math.max(need, room / 2));
            holds.put(open.leaseId(), new Hold(open.userId(), key, granted));
            available -= granted;
            capLeft -= granted;
        }
        check(open.userId());
        long told = holds.values().stream()
                .filter(hold -> hold.userId.equals(open.userId()))
                .mapToLong(hold -> Math.min(hold.left(), Math.max(0, hold.spentTold - hold.settled)))
                .sum();
        return new Answer(
                open.leaseId(),
                granted == null ? null : new Credits(granted),
                tier,
                new Credits(posted(open.userId()) - told),
                new Credits(available),
                reserveForMs,
                key == null ? null : new Credits(capLeft));
    }

    /** Knows total limits only. */
    private long capLeft(SpendingCap told) {
        var cap = caps.merge(told.accessKeyId(), told, (old, now) -> now.version() > old.version() ? now : old);
        return Math.max(0, cap.total().micro() - taken(told.accessKeyId()));
    }

    /** What a capped key's leases hold and have spent. */
    synchronized long taken(UUID accessKey) {
        return holds.values().stream()
                .filter(hold -> accessKey.equals(hold.accessKey))
                .mapToLong(hold -> hold.amount - hold.released)
                .sum();
    }

    private synchronized Set<UUID> recallable(Open open) {
        var ids = new HashSet<UUID>();
        holds.forEach((id, hold) -> {
            if (hold.userId.equals(open.userId()) && !hold.last && hold.left() > 0) {
                ids.add(id);
            }
        });
        return ids;
    }

    private synchronized void book(Statement statement) {
        var hold = holds.get(statement.leaseId());
        if (hold == null || hold.left() == 0 || statement.sequence() <= hold.sequence) {
            return;
        }
        hold.sequence = statement.sequence();
        hold.spentTold = statement.spent().micro();
        hold.last |= statement.last();
        long inFlight = statement.inFlight().stream()
                .mapToLong(request -> request.atMost().micro())
                .sum();
        if (hold.spentTold + inFlight > hold.amount) {
            violations.add("the holder promised more than it was granted: " + statement);
        }
        if (hold.last) {
            hold.released = Math.max(hold.released, hold.amount - Math.max(hold.settled, hold.spentTold + inFlight));
        }
        check(hold.userId);
    }

    private void check(UUID userId) {
        if (held(userId) > posted(userId) || posted(userId) < 0) {
            violations.add("overspent: held " + held(userId) + " of " + posted(userId));
        }
    }

    private static void fail(RuntimeException failure) {
        if (failure != null) {
            throw failure;
        }
    }
}
