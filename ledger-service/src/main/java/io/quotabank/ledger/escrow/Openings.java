package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.escrow.EscrowAnswer.Stands;
import io.quotabank.ledger.group.GroupCommit;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.idempotency.Idempotency.Outcome.Done;
import io.quotabank.ledger.idempotency.IdempotencyBatch;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Opens holds, in one transaction those that are asked for at the same time. */
@Component
class Openings {

    /**
     * @param id of the hold
     * @param account the person's, which is there
     */
    record Asked(UUID id, Opening open, Duration lives, AccountId account, Claim claim) {

        String application() {
            return claim.caller();
        }
    }

    /** A hold that the books have room for, and what the person has then. */
    private record Taken(Turn<Asked, Outcome<EscrowAnswer>> turn, Credits posted, Credits available) {}

    private static final int MOST_TOGETHER = 200;

    private final Transfers transfers;
    private final EscrowStore store;
    private final IdempotencyBatch idempotency;
    private final Ids ids;
    private final GroupCommit<Asked, Outcome<EscrowAnswer>> together;

    Openings(Transfers transfers, EscrowStore store, IdempotencyBatch idempotency, Ids ids) {
        this.transfers = transfers;
        this.store = store;
        this.idempotency = idempotency;
        this.ids = ids;
        this.together = new GroupCommit<>(transfers, this::open, MOST_TOGETHER);
    }

    Outcome<EscrowAnswer> open(Opening open, Duration lives, AccountId account, Claim claim) {
        return together.submit(new Asked(ids.next(), open, lives, account, claim));
    }

    private void open(List<Turn<Asked, Outcome<EscrowAnswer>>> turns) {
        idempotency.once(turns, Asked::claim, Stands.class, fresh -> {
            var free = transfers.lockFree(fresh, turn -> List.of(turn.asked().account()), List.of(), Turn::putOff);
            if (!free.requests().isEmpty()) {
                write(take(free.requests(), free.books()));
            }
        });
    }

    /** In their order, each from what those before it left; those that find too little are refused. */
    private List<Taken> take(List<Turn<Asked, Outcome<EscrowAnswer>>> turns, Books books) {
        var taken = new ArrayList<Taken>(turns.size());
        for (var turn : turns) {
            var asked = turn.asked();
            var amount = asked.open().amount();
            var available = books.available(asked.account());
            if (available.compareTo(amount) < 0) {
                turn.answer(new Done<>(new EscrowAnswer.TooLittle(available, amount)));
            } else {
                books.hold(asked.account(), amount);
                taken.add(new Taken(turn, books.posted(asked.account()), books.available(asked.account())));
            }
        }
        transfers.post(books);
        return taken;
    }

    private void write(List<Taken> taken) {
        if (taken.isEmpty()) {
            return;
        }
        var opened = store.open(taken.stream().map(each -> each.turn().asked()).toList());
        for (int i = 0; i < taken.size(); i++) {
            var each = taken.get(i);
            each.turn().answer(new Done<>(new Stands(opened.get(i), null, each.posted(), each.available())));
        }
    }
}
