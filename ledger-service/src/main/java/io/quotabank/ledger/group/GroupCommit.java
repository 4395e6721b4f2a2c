package io.quotabank.ledger.group;

import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests that come at the same time share a transaction: while one is under way, those that come wait and go
 * together in the next, so that a transaction grows with the load and a single request waits for nobody. Each caller's
 * thread may be the one that runs the work of all. Where a transaction takes long, because a row is locked elsewhere,
 * those who wait start another beside it.
 *
 * <p>After a transaction of several the next begins a moment later than it could, so that more share its statements and its
 * commit.
 *
 * <p>What can't be done yet, because somebody else has locked its account's row, is put off: it goes with a later one, until
 * it has waited too long for that and waits for the row in a transaction of its own.
 *
 * <p>Work that fails before its commit is done again for each request alone, by its own caller's thread: one that breaks a
 * rule, or whose row is locked for long, harms no other. A commit that fails is not repeated, for nobody knows what it did:
 * all of its requests fail.
 *
 * @param <C> what is asked for
 * @param <R> what is answered
 */
public final class GroupCommit<C, R> {

    static final class Seat<C, R> {
        private final C asked;
        private final Condition called;
        private final long sinceNs = System.nanoTime();
        // Of its caller: an interrupt closes the connection that the thread uses, and so is put off until the end.
        private boolean interrupted = Thread.interrupted();
        private boolean taken;
        private boolean alone;
        private boolean done;
        private boolean putOff;
        private @Nullable R answer;
        private @Nullable RuntimeException failure;

        Seat(C asked, Condition called) {
            this.asked = asked;
            this.called = called;
        }

        R outcome() {
            if (failure != null) {
                throw failure;
            }
            if (answer == null) {
                throw new IllegalStateException("a request got no answer");
            }
            return answer;
        }
    }

    static final int MOST_AT_ONCE = 4;

    private static final Duration PATIENCE = Duration.ofMillis(20);

    /** From the beginning of a transaction of several to that of the next. */
    private static final Duration PACE = Duration.ofMillis(4);

    private static final long UNTIL_CALLED = Long.MAX_VALUE;

    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration PUT_OFF = Duration.ofMillis(500);

    private final Transfers transfers;
    private final Consumer<List<Turn<C, R>>> work;
    private final int most;
    private final long patienceNs;
    private final long paceNs;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Deque<Seat<C, R>> waiting = new ArrayDeque<>();
    private int underWay;
    private long notBeforeNs = System.nanoTime();

    /**
     * @param work runs in a transaction, perhaps more than once, each time with new turns, and answers each or puts it off,
     *     as {@link Transfers#lockFree} says
     * @param most requests of one transaction
     */
    public GroupCommit(Transfers transfers, Consumer<List<Turn<C, R>>> work, int most) {
        this(transfers, work, most, PATIENCE, PACE);
    }

    /**
     * @param patience how long a request waits before it starts a transaction beside those under way
     * @param pace from the beginning of a transaction of several to that of the next
     */
    GroupCommit(Transfers transfers, Consumer<List<Turn<C, R>>> work, int most, Duration patience, Duration pace) {
        this.transfers = transfers;
        this.work = work;
        this.most = most;
        this.patienceNs = patience.toNanos();
        this.paceNs = pace.toNanos();
    }

    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** The answer, once it is committed. No transaction may be open. */
    public R submit(C asked) {
        long sinceNs = System.nanoTime();
        var seat = new Seat<C, R>(asked, lock.newCondition());
        try {
            ride(seat);
            while (seat.putOff) {
                LockSupport.parkNanos(PAUSE.toNanos());
                var next = new Seat<C, R>(asked, lock.newCondition());
                next.interrupted |= seat.interrupted;
                next.alone = System.nanoTime() - sinceNs >= PUT_OFF.toNanos();
                seat = next;
                ride(seat);
            }
            return seat.outcome();
        } finally {
            if (seat.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void ride(Seat<C, R> seat) {
        if (!seat.alone) {
            together(seat);
        }
        if (seat.alone) {
            seat.answer = alone(seat).answer();
            seat.failure = null;
        }
    }

    private void together(Seat<C, R> seat) {
        for (var group = join(seat); !group.isEmpty(); group = next(seat)) {
            try {
                run(group);
            } finally {
                leave(group);
            }
        }
    }

    private Turn<C, R> alone(Seat<C, R> seat) {
        seat.interrupted |= Thread.interrupted();
        return transfers.inTransaction(() -> worked(List.of(seat)).getFirst());
    }

    private List<Seat<C, R>> join(Seat<C, R> seat) {
        lock.lock();
        try {
            waiting.addLast(seat);
        } finally {
            lock.unlock();
        }
        return next(seat);
    }

    /** Waits; the group that the caller is to run, or none where its own request is done. */
    private List<Seat<C, R>> next(Seat<C, R> seat) {
        lock.lock();
        try {
            for (long waitNs = waitNs(seat); waitNs > 0; waitNs = waitNs(seat)) {
                try {
                    if (waitNs == UNTIL_CALLED) {
                        seat.called.await();
                    } else {
                        seat.called.awaitNanos(waitNs);
                    }
                } catch (InterruptedException later) {
                    // What is under way for it can't be called back.
                    seat.interrupted = true;
                }
            }
            // It may have come with the call, which then tells nothing of it.
            seat.interrupted |= Thread.interrupted();
            return seat.done ? List.of() : start();
        } finally {
            lock.unlock();
        }
    }

    /** Until it is done or may start those that wait; not above zero where it is or may. */
    private long waitNs(Seat<C, R> seat) {
        if (seat.done) {
            return 0;
        }
        if (seat.taken || underWay >= MOST_AT_ONCE) {
            return UNTIL_CALLED;
        }
        long now = System.nanoTime();
        long patienceLeftNs = seat.sinceNs + patienceNs - now;
        if (underWay > 0) {
            return patienceLeftNs;
        }
        long paceLeftNs = notBeforeNs - now;
        // One is enough to look at the clock: the first of those that wait starts them all.
        boolean looks = paceLeftNs <= 0 || seat == waiting.peekFirst();
        return looks ? paceLeftNs : Math.max(paceLeftNs, patienceLeftNs);
    }

    /** Those that wait, as a group that is under way. */
    List<Seat<C, R>> start() {
        lock.lock();
        try {
            underWay++;
            var group = new ArrayList<Seat<C, R>>(Math.min(most, waiting.size()));
            while (group.size() < most && !waiting.isEmpty()) {
                var seat = waiting.removeFirst();
                seat.taken = true;
                group.add(seat);
            }
            if (group.size() > 1) {
                notBeforeNs = System.nanoTime() + paceNs;
            }
            return group;
        } finally {
            lock.unlock();
        }
    }

    void leave(List<Seat<C, R>> group) {
        lock.lock();
        try {
            underWay--;
            for (var seat : group) {
                seat.done = true;
                seat.called.signal();
            }
            var first = waiting.peekFirst();
            if (first != null) {
                first.called.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(List<Seat<C, R>> group) {
        var worked = new boolean[1];
        try {
            var turns = transfers.once(() -> {
                var done = worked(group);
                worked[0] = true;
                return done;
            });
            for (int i = 0; i < group.size(); i++) {
                var seat = group.get(i);
                seat.answer = turns.get(i).answer();
                seat.putOff = seat.answer == null;
            }
        } catch (RuntimeException failed) {
            for (var seat : group) {
                seat.alone = !worked[0];
                seat.failure = failed;
            }
        }
    }

    /** Within the transaction, so that work that forgets one leaves nothing behind. */
    private List<Turn<C, R>> worked(List<Seat<C, R>> group) {
        var turns = group.stream().map(seat -> new Turn<C, R>(seat.asked)).toList();
        work.accept(turns);
        if (turns.stream().anyMatch(turn -> turn.answer() == null && !turn.isPutOff())) {
            throw new IllegalStateException("a request got no answer");
        }
        return turns;
    }
}
