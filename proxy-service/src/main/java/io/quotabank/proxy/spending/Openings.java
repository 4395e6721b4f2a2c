package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.platform.id.Ids;
import io.quotabank.proxy.journal.Journal;
import io.quotabank.proxy.spending.LedgerClient.Opening;
import io.quotabank.proxy.spending.Wallet.Answer;
import io.quotabank.proxy.spending.Wallet.Asked;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gets leases from the ledger, one question at a time for each user. A new lease replaces the current one, whose
 * statement goes with the question: so what was left of it and what is available elsewhere come together.
 */
final class Openings {

    private static final int MOST_REPLACED = 50;

    private final LedgerClient ledger;
    private final Journal journal;
    private final Leases leases;
    private final Ids ids;
    private final InstantSource clock;
    private final InstanceProperties instance;
    private final LeaseProperties settings;

    Openings(
            LedgerClient ledger,
            Journal journal,
            Leases leases,
            Ids ids,
            InstantSource clock,
            InstanceProperties instance,
            LeaseProperties settings) {
        this.ledger = ledger;
        this.journal = journal;
        this.leases = leases;
        this.ids = ids;
        this.clock = clock;
        this.instance = instance;
        this.settings = settings;
    }

    /** Asks for a lease with at least {@code need}, or waits for who is asking already. */
    Answer open(Wallet wallet, Credits need, long deadlineNs) {
        wallet.waiting().addAndGet(need.micro());
        try {
            var flight = wallet.join();
            return flight != null ? await(flight, deadlineNs) : fly(wallet, need);
        } finally {
            wallet.waiting().addAndGet(-need.micro());
        }
    }

    /** Asks again for what is in doubt, unless a request is doing that. */
    void settleDoubt(Wallet wallet) {
        if (wallet.join() == null) {
            Answer answer = new Answer.Away();
            try {
                var asked = wallet.asked();
                if (asked != null) {
                    answer = take(wallet, asked);
                }
            } finally {
                wallet.landed(answer);
            }
        }
    }

    private Answer fly(Wallet wallet, Credits need) {
        Answer answer = new Answer.Away();
        try {
            var asked = wallet.asked();
            answer = take(wallet, asked != null ? asked : ask(wallet, need));
            return answer;
        } finally {
            wallet.landed(answer);
        }
    }

    private static Answer await(CompletableFuture<Answer> flight, long deadlineNs) {
        try {
            return flight.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new Answer.Away();
        } catch (TimeoutException outOfPatience) {
            return new Answer.Away();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("a flight never fails", impossible);
        }
    }

    // The journal knows of the lease before the ledger does: whoever replays it ends what may have been granted.
    private Asked ask(Wallet wallet, Credits need) {
        long now = System.nanoTime();
        var id = ids.next();
        var userId = wallet.userId();
        var cap = wallet.cap();
        journal.leased(id, userId, Credits.ZERO, 0);
        var fresh = new Lease(
                id,
                userId,
                (amount, sequence) -> journal.leased(id, userId, amount, sequence),
                now,
                clock::millis,
                cap == null ? 0 : cap.version());
        leases.add(fresh, wallet);
        var replaced = wallet.lease();
        var open = new Open(
                id,
                userId,
                instance.instance(),
                instance.recallBaseUrl() + "/internal/leases/recall",
                need,
                want(wallet, need, now),
                endedBy(wallet, replaced),
                cap);
        var asked = new Asked(fresh, open, replaced, now, false);
        wallet.ask(asked);
        return asked;
    }

    private Credits want(Wallet wallet, Credits need, long nowNs) {
        long some = saturated(need.micro(), settings.needs());
        long waiting = wallet.waiting().get();
        long recent = wallet.recent().inWindow(nowNs).micro();
        // A thousand streams that begin at once have spent nothing yet: doubling takes ten questions for them.
        long underWay = wallet.underWay().micro();
        return new Credits(Math.max(Math.max(some, waiting), Math.max(recent, underWay)));
    }

    private static long saturated(long micro, int times) {
        return micro > Long.MAX_VALUE / times ? Long.MAX_VALUE : micro * times;
    }

    private static List<Statement> endedBy(Wallet wallet, @Nullable Lease replaced) {
        var statements = new ArrayList<Statement>();
        if (replaced != null) {
            statements.add(replaced.statement());
        }
        for (var ending : wallet.leases()) {
            if (ending != replaced && ending.hasNews() && statements.size() < MOST_REPLACED) {
                statements.add(ending.lastStatement());
            }
        }
        return statements;
    }

    private Answer take(Wallet wallet, Asked asked) {
        return switch (ledger.open(asked.open())) {
            case Opening.Answered(var answer) -> answered(wallet, asked, answer);
            case Opening.NotReached notReached -> asked.doubtful() ? new Answer.Away() : notReached(wallet, asked);
            case Opening.Unknown unknown -> unknown(wallet, asked);
        };
    }

    // The same is asked again by the next request, or by the job: until then nobody knows what holds.
    private static Answer unknown(Wallet wallet, Asked asked) {
        wallet.doubt();
        leave(wallet, asked.replaced());
        return new Answer.Away();
    }

    private static void leave(Wallet wallet, @Nullable Lease replaced) {
        if (replaced != null) {
            wallet.leave(replaced);
            replaced.lastStatement();
        }
    }

    private Answer answered(Wallet wallet, Asked asked, LedgerLeases.Answer answer) {
        leave(wallet, asked.replaced());
        // Booked even where the new lease is refused.
        for (var statement : asked.open().replaced()) {
            taken(wallet, statement);
        }
        wallet.answered();
        wallet.balance(answer.balance());
        wallet.tier(answer.tier());
        var granted = answer.granted();
        if (granted == null) {
            drop(wallet, asked.lease());
            return refused(asked, answer);
        }
        long forNs = TimeUnit.MILLISECONDS.toNanos(answer.reserveForMs());
        if (asked.lease().grant(granted, answer.tier(), asked.askedNs(), forNs)) {
            wallet.open(asked.lease());
        }
        return new Answer.Granted();
    }

    private static Answer refused(Asked asked, LedgerLeases.Answer answer) {
        var cap = asked.open().cap();
        var capLeft = answer.capLeft();
        boolean byCap = capLeft != null && capLeft.compareTo(answer.available()) < 0;
        var available =
                capLeft == null ? answer.available() : answer.available().min(capLeft);
        return new Answer.Refused(available, answer.tier(), byCap, cap == null ? 0 : cap.version());
    }

    private static void taken(Wallet wallet, Statement statement) {
        for (var lease : wallet.leases()) {
            if (lease.id().equals(statement.leaseId())) {
                lease.taken(statement);
            }
        }
    }

    private Answer notReached(Wallet wallet, Asked asked) {
        wallet.answered();
        drop(wallet, asked.lease());
        if (asked.replaced() != null) {
            asked.replaced().reopen();
        }
        return new Answer.Away();
    }

    private void drop(Wallet wallet, Lease never) {
        wallet.forget(never);
        leases.remove(never.id());
        journal.leaseEnded(never.id());
    }
}
