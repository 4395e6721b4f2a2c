package io.quotabank.ledger.group;

import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests that come at the same time share a transaction: while one is under way, those that come wait and go
 * together in the next, so that a transaction grows with the load and a single request waits for nobody. Each caller's
 * thread may be the one that runs the work of all. Where a transaction takes long, because a row is locked elsewhere,
 * those who wait start another beside it.
 *
 * <p>Work that fails before its commit is done again for each request alone, by its own caller's thread: one that breaks a
 * rule, or whose row is locked for long, harms no other. A commit that fails is not repeated, for nobody knows what it did:
 * all of its requests fail.
 *
 * @param <C> what is asked for
 * @param <R> what is answered
 */
public final class GroupCommit<C, R> {

    private static final class Seat<C, R> {
        private final C asked;
        private final Condition turn;
        private final long sinceNs = System.nanoTime();
        // Of its caller: an interrupt closes the connection that the thread uses, and so is put off until the end.
        private boolean interrupted = Thread.interrupted();
        private boolean taken;
        private boolean alone;
        private boolean done;
        private @Nullable R answer;
        private @Nullable RuntimeException failure;

        Seat(C asked, Condition turn) {
            this.asked = asked;
            this.turn = turn;
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

    private final Transfers transfers;
    private final Function<List<C>, List<R>> work;
    private final int most;
    private final long patienceNs;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Deque<Seat<C, R>> waiting = new ArrayDeque<>();
    private int underWay;

    /**
     * @param work runs in a transaction, perhaps more than once, and gives an answer for each in their order
     * @param most requests of one transaction
     */
    public GroupCommit(Transfers transfers, Function<List<C>, List<R>> work, int most) {
        this(transfers, work, most, PATIENCE);
    }

    /** @param patience how long a request waits before it starts a transaction beside those under way */
    GroupCommit(Transfers transfers, Function<List<C>, List<R>> work, int most, Duration patience) {
        this.transfers = transfers;
        this.work = work;
        this.most = most;
        this.patienceNs = patience.toNanos();
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
        var seat = new Seat<C, R>(asked, lock.newCondition());
        try {
            for (var group = join(seat); !group.isEmpty(); group = next(seat)) {
                try {
                    run(group);
                } finally {
                    leave(group);
                }
            }
            return seat.alone ? alone(seat) : seat.outcome();
        } finally {
            if (seat.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private R alone(Seat<C, R> seat) {
        seat.interrupted |= Thread.interrupted();
        return transfers.inTransaction(() -> work.apply(List.of(seat.asked)).getFirst());
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
            while (!seat.done && !mayStart(seat)) {
                try {
                    long left = seat.sinceNs + patienceNs - System.nanoTime();
                    if (seat.taken || left <= 0) {
                        seat.turn.await();
                    } else {
                        seat.turn.awaitNanos(left);
                    }
                } catch (InterruptedException later) {
                    // What is under way for it can't be called back.
                    seat.interrupted = true;
                }
            }
            return seat.done ? List.of() : start();
        } finally {
            lock.unlock();
        }
    }

    private boolean mayStart(Seat<C, R> seat) {
        return !seat.taken
                && (underWay == 0 || (underWay < MOST_AT_ONCE && System.nanoTime() - seat.sinceNs >= patienceNs));
    }

    private List<Seat<C, R>> start() {
        underWay++;
        var group = new ArrayList<Seat<C, R>>(Math.min(most, waiting.size()));
        while (group.size() < most && !waiting.isEmpty()) {
            var seat = waiting.removeFirst();
            seat.taken = true;
            group.add(seat);
        }
        return group;
    }

    private void leave(List<Seat<C, R>> group) {
        lock.lock();
        try {
            underWay--;
            for (var seat : group) {
                seat.done = true;
                seat.turn.signal();
            }
            var first = waiting.peekFirst();
            if (first != null) {
                first.turn.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(List<Seat<C, R>> group) {
        if (group.size() > 1) {
            together(group);
            return;
        }
        var only = group.getFirst();
        try {
            only.answer = alone(only);
        } catch (RuntimeException failed) {
            only.failure = failed;
        }
    }

    private void together(List<Seat<C, R>> group) {
        var worked = new boolean[1];
        try {
            var answers = transfers.once(() -> {
                var given = work.apply(group.stream().map(seat -> seat.asked).toList());
                worked[0] = true;
                return given;
            });
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer = answers.get(i);
            }
        } catch (RuntimeException failed) {
            for (var seat : group) {
                seat.alone = !worked[0];
                seat.failure = failed;
            }
        }
    }
}
