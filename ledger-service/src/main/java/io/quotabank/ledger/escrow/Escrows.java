package io.quotabank.ledger.escrow;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.escrow.EscrowStore.Due;
import io.quotabank.ledger.escrow.EscrowStore.Seen;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.hold.Hold.Status;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.lease.Recalls;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Opens holds for applications and takes what they say of them; see "A hold of an application" in docs/settlement.md.
 * Whatever is done to a hold whose time is over finds it expired, whether or not a sweep has been there.
 */
@Service
class Escrows {

    /** Who speaks of a hold. */
    record Party(String subject, boolean administrator) {

        boolean mayUse(Escrow hold) {
            return administrator || hold.application().equals(subject);
        }
    }

    private final Grants grants;
    private final Transfers transfers;
    private final EscrowStore store;
    private final Sharing sharing;
    private final Idempotency idempotency;
    private final Recalls recalls;
    private final Ids ids;
    private final EscrowProperties properties;

    Escrows(
            Grants grants,
            Transfers transfers,
            EscrowStore store,
            Sharing sharing,
            Idempotency idempotency,
            Recalls recalls,
            Ids ids,
            EscrowProperties properties) {
        this.grants = grants;
        this.transfers = transfers;
        this.store = store;
        this.sharing = sharing;
        this.idempotency = idempotency;
        this.recalls = recalls;
        this.ids = ids;
        this.properties = properties;
    }

    /** @param key the caller's idempotency key, if there is one */
    Outcome<EscrowAnswer> open(Opening open, String application, @Nullable String key) {
        var lives = open.lives() == null ? properties.lives(open.kind()) : open.lives();
        if (lives.compareTo(properties.longest()) > 0) {
            throw tooLong();
        }
        var account = grants.welcome(open.userId());
        return recalling(
                account,
                () -> transfers.inTransaction(() -> once(application, key, open.told(), () -> {
                    var books = transfers.lock(List.of(account));
                    var available = books.available(account);
                    if (available.compareTo(open.amount()) < 0) {
                        return new EscrowAnswer.TooLittle(available, open.amount());
                    }
                    books.hold(account, open.amount());
                    var hold = store.open(ids.next(), account, open, application, lives);
                    transfers.post(books);
                    return stands(hold, null, books);
                })));
    }

    Outcome<EscrowAnswer> extend(UUID id, Extension extend, Party party, @Nullable String key) {
        return change(id, List.of(), party, key, extend.told(id), (books, seen) -> {
            var hold = seen.hold();
            if (hold.status() != Status.ACTIVE) {
                return new EscrowAnswer.Ended(hold.status());
            }
            var until = until(seen, extend.lives());
            var available = books.available(hold.account());
            if (available.compareTo(extend.more()) < 0) {
                return new EscrowAnswer.TooLittle(available, extend.more());
            }
            books.hold(hold.account(), extend.more());
            var after = hold.extend(extend.more(), until);
            store.extend(hold, after);
            transfers.post(books);
            return stands(after, null, books);
        });
    }

    /** Gives back what is left. A hold that was released stays so, and says so again. */
    Outcome<EscrowAnswer> release(UUID id, Party party, @Nullable String key) {
        return change(id, List.of(), party, key, "release|" + id, (books, seen) -> {
            var hold = seen.hold();
            return switch (hold.status()) {
                case ACTIVE -> stands(written(books, hold, hold.release()), null, books);
                case RELEASED -> stands(hold, null, books);
                case EXHAUSTED, EXPIRED -> new EscrowAnswer.Ended(hold.status());
            };
        });
    }

    /** Charges a part, at most once by its id; of an expired hold by the rule for late settlements. */
    Outcome<EscrowAnswer> settle(UUID id, Sharing.Settle settle, Party party, @Nullable String key) {
        var known = store.find(id).filter(seen -> party.mayUse(seen.hold()));
        if (known.isEmpty()) {
            return new Outcome.Done<>(new EscrowAnswer.Unknown());
        }
        var plan = sharing.plan(settle, known.get().hold());
        if (plan.isEmpty()) {
            return new Outcome.Done<>(new EscrowAnswer.NoSuchSplit());
        }
        var told = "settle|" + id + "|" + settle.told();
        return change(id, plan.get().all(), party, key, told, (books, seen) -> {
            var earlier = store.settlement(id, settle.id());
            if (earlier.isPresent()) {
                return earlier.get().digest().equals(plan.get().digest())
                        ? stands(seen.hold(), earlier.get(), books)
                        : new EscrowAnswer.Reused();
            }
            return switch (seen.hold().status()) {
                case ACTIVE -> settleActive(books, seen.hold(), plan.get());
                case EXPIRED -> settleLate(books, seen, plan.get());
                case EXHAUSTED, RELEASED -> new EscrowAnswer.Ended(seen.hold().status());
            };
        });
    }

    private EscrowAnswer settleActive(Books books, Escrow hold, Sharing.Plan plan) {
        var amount = plan.settle().amount();
        if (hold.left().compareTo(amount) < 0) {
            return new EscrowAnswer.Exceeded(hold.left(), amount);
        }
        var settlement = sharing.post(books, hold, plan, false);
        // What was charged has left the held credits with the transfer; the rest of what is no longer left goes back.
        var after = hold.settle(amount, plan.settle().last());
        books.release(hold.account(), hold.left().minus(amount).minus(after.left()), after.lapsed(hold));
        return settled(books, hold, after, settlement);
    }

    /** By row 32 of docs/settlement.md. */
    private EscrowAnswer settleLate(Books books, Seen seen, Sharing.Plan plan) {
        var hold = seen.hold();
        var amount = plan.settle().amount();
        if (!seen.now().isBefore(hold.expiresAt().plus(properties.lateFor()))) {
            return new EscrowAnswer.TooLate(hold.expiresAt().plus(properties.lateFor()));
        }
        if (hold.leftLate().compareTo(amount) < 0) {
            return new EscrowAnswer.Exceeded(hold.leftLate(), amount);
        }
        var available = books.available(hold.account());
        if (available.compareTo(amount) < 0) {
            return new EscrowAnswer.TooLittle(available, amount);
        }
        var settlement = sharing.post(books, hold, plan, true);
        return settled(books, hold, hold.settleLate(amount), settlement);
    }

    private EscrowAnswer settled(Books books, Escrow before, Escrow after, Settlement settlement) {
        store.update(List.of(before), List.of(after));
        transfers.post(books);
        store.insert(before, settlement);
        return stands(after, settlement, books);
    }

    /** Ends active holds whose time is over, in one transaction. Any number of processes may do so at once. */
    int expire(int most) {
        return transfers.inTransaction(() -> {
            var due = store.lockDue(most);
            if (due.isEmpty()) {
                return 0;
            }
            var books = transfers.lock(due.stream().map(Due::account).toList());
            // Read again: what was found may have got an end before its account was locked.
            var before = store.active(due.stream().map(Due::id).toList()).stream()
                    .filter(seen -> seen.hold().due(seen.now()))
                    .map(Seen::hold)
                    .toList();
            before.forEach(hold -> books.release(hold.account(), hold.left(), hold.backed()));
            if (!before.isEmpty()) {
                store.update(before, before.stream().map(Escrow::expire).toList());
                transfers.post(books);
            }
            return before.size();
        });
    }

    /** @param others accounts that the work needs besides the hold's own */
    private Outcome<EscrowAnswer> change(
            UUID id,
            List<AccountId> others,
            Party party,
            @Nullable String key,
            String told,
            BiFunction<Books, Seen, EscrowAnswer> work) {
        var known = store.find(id).map(Seen::hold).filter(party::mayUse);
        if (known.isEmpty()) {
            return new Outcome.Done<>(new EscrowAnswer.Unknown());
        }
        var accounts = new ArrayList<>(others);
        accounts.add(known.get().account());
        return recalling(
                known.get().account(),
                () -> transfers.inTransaction(() -> once(party.subject(), key, told, () -> {
                    var books = transfers.lock(accounts);
                    return work.apply(books, current(books, read(id)));
                })));
    }

    /** Once more where too little was available and leases gave back some, which are asked outside of a transaction. */
    private Outcome<EscrowAnswer> recalling(AccountId account, Supplier<Outcome<EscrowAnswer>> attempt) {
        var first = attempt.get();
        return first instanceof Outcome.Done<EscrowAnswer>(EscrowAnswer.TooLittle(var available, var needed))
                        && recalls.recall(account, needed.minus(available))
                ? attempt.get()
                : first;
    }

    private Seen current(Books books, Seen seen) {
        var hold = seen.hold();
        return hold.due(seen.now()) ? new Seen(written(books, hold, hold.expire()), seen.now()) : seen;
    }

    private Escrow written(Books books, Escrow before, Escrow after) {
        books.release(before.account(), before.left().minus(after.left()), after.lapsed(before));
        store.update(List.of(before), List.of(after));
        transfers.post(books);
        return after;
    }

    private Seen read(UUID id) {
        return store.find(id).orElseThrow();
    }

    private Instant until(Seen seen, @Nullable Duration lives) {
        var hold = seen.hold();
        if (lives == null) {
            return hold.expiresAt();
        }
        if (lives.compareTo(properties.longest()) > 0
                || seen.now().plus(lives).isAfter(hold.openedAt().plus(properties.longest()))) {
            throw tooLong();
        }
        var until = seen.now().plus(lives);
        return until.isAfter(hold.expiresAt()) ? until : hold.expiresAt();
    }

    private IllegalArgumentException tooLong() {
        return new IllegalArgumentException(
                "a hold lives at most " + properties.longest().toSeconds() + " seconds");
    }

    private Outcome<EscrowAnswer> once(String caller, @Nullable String key, String told, Supplier<EscrowAnswer> work) {
        return key == null
                ? new Outcome.Done<>(work.get())
                : idempotency.once(
                        caller,
                        key,
                        Idempotency.digest(told),
                        EscrowAnswer.Stands.class,
                        () -> new Outcome.Done<>(work.get()));
    }

    private static EscrowAnswer stands(Escrow hold, @Nullable Settlement settlement, Books books) {
        return new EscrowAnswer.Stands(hold, settlement, books.posted(hold.account()), books.available(hold.account()));
    }
}
