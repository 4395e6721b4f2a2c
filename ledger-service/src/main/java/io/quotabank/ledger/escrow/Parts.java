package io.quotabank.ledger.escrow;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.escrow.EscrowAnswer.Stands;
import io.quotabank.ledger.escrow.EscrowStore.Seen;
import io.quotabank.ledger.escrow.PartStore.Name;
import io.quotabank.ledger.escrow.PartStore.Part;
import io.quotabank.ledger.group.GroupCommit;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.idempotency.Idempotency.Outcome.Done;
import io.quotabank.ledger.idempotency.IdempotencyBatch;
import io.quotabank.ledger.split.Split.Payee;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Settles parts of holds, in one transaction those that are asked for at the same time, each once by its id. A hold whose
 * time is over is found expired, whether or not a sweep has been there.
 */
@Component
class Parts {

    /** @param account the hold's, whose application may use it */
    record Asked(UUID hold, AccountId account, Sharing.Plan plan, Claim claim) {

        Name name() {
            return new Name(hold, plan.settle().id());
        }

        List<AccountId> people() {
            var seller = plan.accounts().get(Payee.SELLER);
            return seller == null ? List.of(account) : List.of(account, seller);
        }
    }

    /** Holds and their parts as they change in memory: each request sees what those before it left. */
    private record Round(
            Books books,
            Map<UUID, Seen> found,
            Map<UUID, Escrow> now,
            Map<Name, Settlement> settled,
            List<Part> added) {

        Round(Books books, Map<UUID, Seen> found, Map<Name, Settlement> settled) {
            this(books, found, new LinkedHashMap<>(), new HashMap<>(settled), new ArrayList<>());
        }

        EscrowAnswer settled(Escrow after, Settlement settlement) {
            now.put(after.id(), after);
            settled.put(new Name(after.id(), settlement.id()), settlement);
            added.add(new Part(after, settlement));
            return stands(after, settlement);
        }

        EscrowAnswer stands(Escrow hold, Settlement settlement) {
            return new Stands(hold, settlement, books.posted(hold.account()), books.available(hold.account()));
        }
    }

    private static final int MOST_TOGETHER = 200;

    /** Who come while others are under way wait here. */
    final GroupCommit<Asked, Outcome<EscrowAnswer>> together;

    private final Transfers transfers;
    private final Debts debts;
    private final EscrowStore store;
    private final PartStore parts;
    private final Sharing sharing;
    private final IdempotencyBatch idempotency;
    private final EscrowProperties properties;

    Parts(
            Transfers transfers,
            Debts debts,
            EscrowStore store,
            PartStore parts,
            Sharing sharing,
            IdempotencyBatch idempotency,
            EscrowProperties properties) {
        this.transfers = transfers;
        this.debts = debts;
        this.store = store;
        this.parts = parts;
        this.sharing = sharing;
        this.idempotency = idempotency;
        this.properties = properties;
        this.together = new GroupCommit<>(transfers, this::settle, MOST_TOGETHER);
    }

    Outcome<EscrowAnswer> settle(Asked asked) {
        return together.submit(asked);
    }

    private void settle(List<Turn<Asked, Outcome<EscrowAnswer>>> turns) {
        idempotency.once(turns, Asked::claim, Stands.class, fresh -> {
            var shared = fresh.stream()
                    .flatMap(turn -> turn.asked().plan().shared().stream())
                    .toList();
            var free = transfers.lockFree(fresh, turn -> turn.asked().people(), shared, Turn::putOff);
            if (!free.requests().isEmpty()) {
                book(free.requests(), debts.lockToo(free.books()));
            }
        });
    }

    private void book(List<Turn<Asked, Outcome<EscrowAnswer>>> turns, Books books) {
        var asked = turns.stream().map(Turn::asked).toList();
        var found = store.byIds(asked.stream().map(Asked::hold).distinct().toList());
        var round = new Round(
                books,
                found,
                parts.find(asked.stream().map(Asked::name).distinct().toList()));
        expire(round);
        for (var turn : turns) {
            turn.answer(new Done<>(settle(round, turn.asked())));
        }
        write(round);
    }

    private void expire(Round round) {
        for (var seen : round.found().values()) {
            var hold = seen.hold();
            var current = hold.due(seen.now()) ? hold.expire() : hold;
            round.now().put(hold.id(), current);
            if (!current.equals(hold)) {
                round.books().release(hold.account(), hold.left(), current.lapsed(hold));
            }
        }
        debts.payFirst(round.books());
    }

    private EscrowAnswer settle(Round round, Asked asked) {
        var hold = Objects.requireNonNull(round.now().get(asked.hold()), "a hold is gone");
        var earlier = round.settled().get(asked.name());
        if (earlier != null) {
            return earlier.digest().equals(asked.plan().digest())
                    ? round.stands(hold, earlier)
                    : new EscrowAnswer.Reused();
        }
        return switch (hold.status()) {
            case ACTIVE -> settleActive(round, hold, asked.plan());
            case EXPIRED -> settleLate(round, hold, asked.plan());
            case EXHAUSTED, RELEASED -> new EscrowAnswer.Ended(hold.status());
        };
    }

    private EscrowAnswer settleActive(Round round, Escrow hold, Sharing.Plan plan) {
        var books = round.books();
        var amount = plan.settle().amount();
        if (hold.left().compareTo(amount) < 0) {
            return new EscrowAnswer.Exceeded(hold.left(), amount);
        }
        var settlement = sharing.post(books, hold, plan, false);
        var after = hold.settle(amount, plan.settle().last());
        // What was charged has left the held credits with the transfer; the rest of what is no longer left goes back.
        var back = hold.left().minus(amount).minus(after.left());
        if (!back.isZero()) {
            books.release(hold.account(), back, after.lapsed(hold));
            debts.payFirst(books);
        }
        return round.settled(after, settlement);
    }

    /** By row 32 of docs/settlement.md. */
    private EscrowAnswer settleLate(Round round, Escrow hold, Sharing.Plan plan) {
        var amount = plan.settle().amount();
        var until = hold.expiresAt().plus(properties.lateFor());
        if (!now(round, hold).isBefore(until)) {
            return new EscrowAnswer.TooLate(until);
        }
        if (hold.leftLate().compareTo(amount) < 0) {
            return new EscrowAnswer.Exceeded(hold.leftLate(), amount);
        }
        var available = round.books().available(hold.account());
        if (available.compareTo(amount) < 0) {
            return new EscrowAnswer.TooLittle(available, amount);
        }
        var settlement = sharing.post(round.books(), hold, plan, true);
        return round.settled(hold.settleLate(amount), settlement);
    }

    private void write(Round round) {
        var before = new ArrayList<Escrow>();
        var after = new ArrayList<Escrow>();
        round.now().forEach((id, hold) -> {
            var was = seen(round, id).hold();
            if (!hold.equals(was)) {
                before.add(was);
                after.add(hold);
            }
        });
        if (!after.isEmpty()) {
            store.update(before, after);
        }
        transfers.post(round.books());
        if (!round.added().isEmpty()) {
            parts.insert(round.added());
        }
    }

    private static Instant now(Round round, Escrow hold) {
        return seen(round, hold.id()).now();
    }

    private static Seen seen(Round round, UUID hold) {
        return Objects.requireNonNull(round.found().get(hold));
    }
}
