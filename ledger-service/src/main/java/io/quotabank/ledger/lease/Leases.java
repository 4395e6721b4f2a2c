package io.quotabank.ledger.lease;

import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.cap.Cap;
import io.quotabank.ledger.cap.Caps;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.hold.Holds;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Opens leases and takes their holders' statements; see "A lease from opening to end" in docs/settlement.md. */
@Service
class Leases {

    private static final int UUID_V7 = 7;
    private static final Credits LEAST = new Credits(1);

    /** An answer, and the leases that could be recalled to make it better. */
    private record Attempt(Answer answer, List<Hold> recallable) {}

    private final Grants grants;
    private final Transfers transfers;
    private final Holds holds;
    private final Caps caps;
    private final RecallClient recalls;
    private final Clock clock;
    private final LeaseProperties properties;

    Leases(
            Grants grants,
            Transfers transfers,
            Holds holds,
            Caps caps,
            RecallClient recalls,
            Clock clock,
            LeaseProperties properties) {
        this.grants = grants;
        this.transfers = transfers;
        this.holds = holds;
        this.caps = caps;
        this.recalls = recalls;
        this.clock = clock;
        this.properties = properties;
    }

    /** Grants a lease, or refuses it after what others hold has been recalled. No transaction is open meanwhile. */
    Answer open(Open open) {
        check(open);
        var account = grants.welcome(open.userId());
        var first = attempt(open, account, open.replaced());
        if (first.answer().granted() != null || first.recallable().isEmpty()) {
            return first.answer();
        }
        var statements = recalls.recall(first.recallable());
        return attempt(open, account, statements).answer();
    }

    /** @return false where there is no such lease */
    boolean state(Statement statement) {
        var known = holds.find(statement.leaseId());
        known.ifPresent(hold -> transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(hold.account()));
            book(books, holds.byIds(List.of(hold.id())), List.of(statement));
            transfers.post(books);
            return hold;
        }));
        return known.isPresent();
    }

    /**
     * Gives back what is left in a lease whose holder was silent too long.
     *
     * @return false where it has got an end meanwhile
     */
    boolean expire(UUID lease) {
        return release(lease, Hold::expire);
    }

    /**
     * Gives back what its holder told as spent and no event has settled.
     *
     * @return false where it has got an end meanwhile
     */
    boolean giveUp(UUID lease) {
        return release(lease, Hold::giveUp);
    }

    private boolean release(UUID lease, UnaryOperator<Hold> end) {
        var known = holds.find(lease).orElseThrow();
        return transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(known.account()));
            var before = holds.find(lease).orElseThrow();
            var after = end.apply(before);
            if (after.equals(before)) {
                return false;
            }
            books.release(before.account(), before.left().minus(after.left()), after.lapsed(before));
            holds.update(List.of(after), id -> before);
            transfers.post(books);
            return true;
        });
    }

    private Attempt attempt(Open open, AccountId account, List<Statement> statements) {
        return transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(account));
            var known = holds.activeAnd(account, open.leaseId());
            var lease = known.remove(open.leaseId());
            if (lease != null && !lease.account().equals(account)) {
                throw new IllegalArgumentException("the lease id is another person's");
            }
            var others = book(books, known, statements);
            var cap = cap(open, account);
            var granted = lease != null ? lease.amount() : grant(books, account, cap, open);
            transfers.post(books);
            var capLeft = cap == null
                    ? null
                    : lease == null && granted != null ? cap.left().minus(granted) : cap.left();
            boolean capIsShort = capLeft != null && books.available(account).compareTo(need(open)) >= 0;
            return new Attempt(
                    answer(open, books, account, others.values(), lease, granted, capLeft),
                    recallable(others.values(), capIsShort ? cap : null));
        });
    }

    // Read after the statements are booked: what they give back is room under the cap, too.
    private @Nullable Cap cap(Open open, AccountId account) {
        return open.cap() == null
                ? null
                : caps.told(open.cap(), account, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    }

    private static Credits need(Open open) {
        return open.need().isZero() ? LEAST : open.need();
    }

    private @Nullable Credits grant(Books books, AccountId account, @Nullable Cap cap, Open open) {
        var need = need(open);
        var available = cap == null
                ? books.available(account)
                : books.available(account).min(cap.left());
        if (available.compareTo(need) < 0) {
            return null;
        }
        // Rounded down: half is for other holders, need comes first anyway.
        var half = new Credits(available.micro() / 2);
        var granted = (need.compareTo(half) > 0 ? need : half).min(open.want().isZero() ? LEAST : open.want());
        books.hold(account, granted);
        if (cap != null) {
            caps.hold(cap, granted);
        }
        var day = cap == null ? null : cap.day();
        holds.open(Hold.opened(open.leaseId(), account, open.instance(), open.recallUrl(), granted, day));
        return granted;
    }

    /** Takes statements; gives the holds as they are then. Statements of unknown or closed leases change nothing. */
    private Map<UUID, Hold> book(Books books, Map<UUID, Hold> known, List<Statement> statements) {
        var now = new HashMap<>(known);
        for (var statement : statements) {
            now.computeIfPresent(
                    statement.leaseId(),
                    (id, hold) ->
                            hold.state(statement.sequence(), statement.spent(), inFlight(statement), statement.last()));
        }
        var changed = now.values().stream()
                .filter(hold -> !hold.equals(known.get(hold.id())))
                .toList();
        for (var hold : changed) {
            var was = held(known, hold.id());
            books.release(hold.account(), was.left().minus(hold.left()), hold.lapsed(was));
        }
        holds.update(changed, id -> held(known, id));
        return now;
    }

    private Answer answer(
            Open open,
            Books books,
            AccountId account,
            Collection<Hold> others,
            @Nullable Hold lease,
            @Nullable Credits granted,
            @Nullable Credits capLeft) {
        var told = lease == null ? Credits.ZERO : lease.toldUnsettled();
        for (var other : others) {
            told = told.plus(other.toldUnsettled());
        }
        return new Answer(
                open.leaseId(),
                granted,
                books.tier(account),
                books.posted(account).minus(told),
                books.available(account),
                properties.reserveFor().toMillis(),
                capLeft);
    }

    /** Those of these whose holders may still have something to give back, the fullest first. */
    List<Hold> recallable(Collection<Hold> others) {
        return recallable(others, null);
    }

    /** @param shortCap where only this cap is short: leases under another would not help */
    private List<Hold> recallable(Collection<Hold> others, @Nullable Cap shortCap) {
        return others.stream()
                .filter(hold -> hold.status() == Hold.Status.ACTIVE && !hold.last())
                .filter(hold -> shortCap == null || shortCap.covers(hold.capDay()))
                .sorted(Comparator.comparing(Hold::left).reversed())
                .limit(properties.mostRecalled())
                .toList();
    }

    private static Hold held(Map<UUID, Hold> known, UUID id) {
        var hold = known.get(id);
        if (hold == null) {
            throw new IllegalStateException("hold " + id + " appeared from nowhere");
        }
        return hold;
    }

    private static Credits inFlight(Statement statement) {
        try {
            return statement.inFlight().stream().map(InFlight::atMost).reduce(Credits.ZERO, Credits::plus);
        } catch (ArithmeticException tooMuch) {
            throw new IllegalArgumentException("more in flight than can be counted");
        }
    }

    private static void check(Open open) {
        if (open.leaseId() == null || open.userId() == null || open.leaseId().version() != UUID_V7) {
            throw new IllegalArgumentException("a lease needs a user and an id that is a UUIDv7");
        }
        if (open.instance() == null
                || open.recallUrl() == null
                || !open.recallUrl().matches("https?://\\S{1,500}")) {
            throw new IllegalArgumentException("a lease needs an instance and an http address for recalls");
        }
    }
}
