package io.quotabank.ledger.escrow;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.escrow.EscrowAnswer.Stands;
import io.quotabank.ledger.escrow.EscrowStore.Due;
import io.quotabank.ledger.escrow.EscrowStore.Seen;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.hold.Hold.Status;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.lease.Recalls;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Duration;
import java.time.Instant;
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
    private final Debts debts;
    private final EscrowStore store;
    private final Parts parts;
    private final Sharing sharing;
    private final Openings openings;
    private final Releases releases;
    private final Idempotency idempotency;
    private final Recalls recalls;
    private final EscrowProperties properties;

    Escrows(
            Grants grants,
            Transfers transfers,
            Debts debts,
            EscrowStore store,
            Parts parts,
            Sharing sharing,
            Openings openings,
            Releases releases,
            Idempotency idempotency,
            Recalls recalls,
            EscrowProperties properties) {
        this.grants = grants;
        this.transfers = transfers;
        this.debts = debts;
        this.store = store;
        this.parts = parts;
        this.sharing = sharing;
        this.openings = openings;
        this.releases = releases;
        this.idempotency = idempotency;
        this.recalls = recalls;
        this.properties = properties;
    }

    /** @param key the caller's idempotency key, if there is one */
    Outcome<EscrowAnswer> open(Opening open, String application, @Nullable String key) {
        var lives = open.lives() == null ? properties.lives(open.kind()) : open.lives();
        if (lives.compareTo(properties.longest()) > 0) {
            throw tooLong();
        }
        var account = grants.known(open.userId());
        if (account.isEmpty()) {
            return new Outcome.Done<>(new EscrowAnswer.Unknown());
        }
        var claim = claim(application, key, open.told());
        return recalling(account.get(), () -> openings.open(open, lives, account.get(), claim));
    }

    Outcome<EscrowAnswer> extend(UUID id, Extension extend, Party party, @Nullable String key) {
        return change(id, party, key, extend.told(id), (books, seen) -> {
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
            return new Stands(after, null, books.posted(hold.account()), books.available(hold.account()));
        });
    }

    /** Gives back what is left. A hold that was released stays so, and says so again. */
    Outcome<EscrowAnswer> release(UUID id, Party party, @Nullable String key) {
        return releases.release(new Releases.Asked(id, party, claim(party.subject(), key, "release|" + id)));
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
        var account = known.get().hold().account();
        var claim = claim(party.subject(), key, "settle|" + id + "|" + settle.told());
        var asked = new Parts.Asked(id, account, plan.get(), claim);
        return recalling(account, () -> parts.settle(asked));
    }

    /** Ends active holds whose time is over, in one transaction. Any number of processes may do so at once. */
    int expire(int most) {
        return transfers.inTransaction(() -> {
            var due = store.lockDue(most);
            if (due.isEmpty()) {
                return 0;
            }
            var books = debts.lock(due.stream().map(Due::account).toList());
            // Read again: what was found may have got an end before its account was locked.
            var before = store.byIds(due.stream().map(Due::id).toList()).values().stream()
                    .filter(seen -> seen.hold().due(seen.now()))
                    .map(Seen::hold)
                    .toList();
            before.forEach(hold -> books.release(hold.account(), hold.left(), hold.backed()));
            debts.payFirst(books);
            if (!before.isEmpty()) {
                store.update(before, before.stream().map(Escrow::expire).toList());
                transfers.post(books);
            }
            return before.size();
        });
    }

    private Outcome<EscrowAnswer> change(
            UUID id, Party party, @Nullable String key, String told, BiFunction<Books, Seen, EscrowAnswer> work) {
        var known = store.find(id).map(Seen::hold).filter(party::mayUse);
        if (known.isEmpty()) {
            return new Outcome.Done<>(new EscrowAnswer.Unknown());
        }
        var account = known.get().account();
        return recalling(
                account,
                () -> transfers.inTransaction(() -> once(party.subject(), key, told, () -> {
                    var books = debts.lock(List.of(account));
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
        debts.payFirst(books);
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

    private static Claim claim(String caller, @Nullable String key, String told) {
        return new Claim(caller, key == null ? List.of() : List.of(key), Idempotency.digest(told));
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
}
