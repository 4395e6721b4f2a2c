package io.quotabank.ledger.escrow;

import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.escrow.EscrowAnswer.Stands;
import io.quotabank.ledger.escrow.EscrowStore.Seen;
import io.quotabank.ledger.escrow.Escrows.Party;
import io.quotabank.ledger.group.GroupCommit;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.hold.Hold.Status;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.idempotency.Idempotency.Outcome.Done;
import io.quotabank.ledger.idempotency.IdempotencyBatch;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Gives back what is left in holds, in one transaction those that are asked for at the same time. One whose time is over is
 * found expired, whether or not a sweep has been there.
 */
@Component
class Releases {

    record Asked(UUID hold, Party party, Claim claim) {}

    private static final int MOST_TOGETHER = 200;

    private final Transfers transfers;
    private final Debts debts;
    private final EscrowStore store;
    private final IdempotencyBatch idempotency;
    private final GroupCommit<Asked, Outcome<EscrowAnswer>> together;

    Releases(Transfers transfers, Debts debts, EscrowStore store, IdempotencyBatch idempotency) {
        this.transfers = transfers;
        this.debts = debts;
        this.store = store;
        this.idempotency = idempotency;
        this.together = new GroupCommit<>(transfers, this::release, MOST_TOGETHER);
    }

    Outcome<EscrowAnswer> release(Asked asked) {
        return together.submit(asked);
    }

    private void release(List<Turn<Asked, Outcome<EscrowAnswer>>> turns) {
        var found = store.byIds(ids(turns));
        for (var turn : turns) {
            var seen = found.get(turn.asked().hold());
            if (seen == null || !turn.asked().party().mayUse(seen.hold())) {
                turn.answer(new Done<>(new EscrowAnswer.Unknown()));
            }
        }
        idempotency.once(turns, Asked::claim, Stands.class, fresh -> {
            var free = transfers.lockFree(
                    fresh, turn -> List.of(seen(found, turn).hold().account()), List.of(), Turn::putOff);
            if (!free.requests().isEmpty()) {
                var books = debts.lockToo(free.books());
                // Read again: only now nothing changes any more.
                release(free.requests(), store.byIds(ids(free.requests())), books);
            }
        });
    }

    private void release(List<Turn<Asked, Outcome<EscrowAnswer>>> turns, Map<UUID, Seen> found, Books books) {
        var before = new ArrayList<Escrow>();
        var after = new ArrayList<Escrow>();
        var now = new HashMap<UUID, Escrow>();
        for (var seen : found.values()) {
            var hold = seen.hold();
            var ended = ended(seen);
            now.put(hold.id(), ended);
            if (!ended.equals(hold)) {
                books.release(hold.account(), hold.left(), ended.lapsed(hold));
                before.add(hold);
                after.add(ended);
            }
        }
        debts.payFirst(books);
        for (var turn : turns) {
            turn.answer(new Done<>(
                    answer(Objects.requireNonNull(now.get(turn.asked().hold())), books)));
        }
        if (!after.isEmpty()) {
            store.update(before, after);
            transfers.post(books);
        }
    }

    private static EscrowAnswer answer(Escrow hold, Books books) {
        return hold.status() == Status.RELEASED
                ? new Stands(hold, null, books.posted(hold.account()), books.available(hold.account()))
                : new EscrowAnswer.Ended(hold.status());
    }

    private static Escrow ended(Seen seen) {
        var hold = seen.hold();
        if (hold.status() != Status.ACTIVE) {
            return hold;
        }
        return hold.due(seen.now()) ? hold.expire() : hold.release();
    }

    private static Seen seen(Map<UUID, Seen> found, Turn<Asked, ?> turn) {
        var seen = found.get(turn.asked().hold());
        if (seen == null) {
            throw new IllegalStateException("hold " + turn.asked().hold() + " is gone");
        }
        return seen;
    }

    private static List<UUID> ids(List<? extends Turn<Asked, ?>> turns) {
        return turns.stream().map(turn -> turn.asked().hold()).distinct().toList();
    }
}
