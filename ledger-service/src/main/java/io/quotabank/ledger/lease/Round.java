package io.quotabank.ledger.lease;

import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.cap.Cap;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.lease.Bookings.Asked.Opening;
import io.quotabank.ledger.lease.Bookings.Asked.Stating;
import io.quotabank.ledger.lease.Bookings.Booked.Answered;
import io.quotabank.ledger.transfer.Books;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The leases and caps of those who share a transaction, as they change in memory: each sees what those before it left. */
final class Round {

    private static final Credits LEAST = new Credits(1);

    private final Books books;
    private final LeaseProperties properties;
    private final Map<UUID, Hold> before;
    private final Map<UUID, Hold> now;
    private final Map<AccountId, List<UUID>> byAccount = new HashMap<>();
    private final List<Hold> opened = new ArrayList<>();
    private final Map<UUID, Cap> caps = new HashMap<>();
    private final Map<UUID, Cap> capsHeld = new LinkedHashMap<>();

    /**
     * @param known the active leases of accounts that are locked, and those that are named: of whatever account, and only
     *     under its lock they stay as they are
     */
    Round(Books books, Map<UUID, Hold> known, LeaseProperties properties) {
        this.books = books;
        this.properties = properties;
        this.before = known;
        this.now = new HashMap<>(known);
        known.values().forEach(this::list);
    }

    /** What an opening says of its person's other leases. */
    void state(Opening opening) {
        for (var statement : opening.statements()) {
            if (!opening.open().leaseId().equals(statement.leaseId())) {
                state(statement, hold -> hold.account().equals(opening.account()));
            }
        }
    }

    /** A lease that appeared when accounts were being locked, and whose account is not, was unknown when this was asked. */
    void state(Stating stating) {
        stating.statements().forEach(statement -> state(statement, hold -> books.isLocked(hold.account())));
    }

    private void state(Statement statement, Predicate<Hold> theirs) {
        now.computeIfPresent(
                statement.leaseId(),
                (id, hold) -> theirs.test(hold)
                        ? hold.state(statement.sequence(), statement.spent(), inFlight(statement), statement.last())
                        : hold);
    }

    /** Books what the statements gave back; the leases that they changed. */
    List<Hold> stated() {
        var changed = now.values().stream()
                .filter(hold -> !hold.equals(before.get(hold.id())))
                .toList();
        for (var hold : changed) {
            var was = before(hold.id());
            books.release(hold.account(), was.left().minus(hold.left()), hold.lapsed(was));
        }
        return changed;
    }

    Hold before(UUID id) {
        var hold = before.get(id);
        if (hold == null) {
            throw new IllegalStateException("hold " + id + " appeared from nowhere");
        }
        return hold;
    }

    /** @param told by access key, read after the statements are booked: what they give back is room under the cap, too */
    void cap(Map<UUID, Cap> told) {
        caps.putAll(told);
    }

    /** @throws IllegalArgumentException where the lease id is another person's */
    Answered open(Opening opening) {
        var open = opening.open();
        var account = opening.account();
        var lease = now.get(open.leaseId());
        if (lease != null && !lease.account().equals(account)) {
            throw new IllegalArgumentException("the lease id is another person's");
        }
        var others = byAccount.getOrDefault(account, List.of()).stream()
                .filter(id -> !id.equals(open.leaseId()))
                .map(id -> Objects.requireNonNull(now.get(id)))
                .toList();
        var granted = lease == null ? grant(open, account) : lease.amount();
        var told = others.stream()
                .map(Hold::toldUnsettled)
                .reduce(lease == null ? Credits.ZERO : lease.toldUnsettled(), Credits::plus);
        var cap = cap(open);
        var answer = new Answer(
                open.leaseId(),
                granted,
                books.tier(account),
                books.posted(account).minus(told),
                books.available(account),
                properties.reserveFor().toMillis(),
                cap == null ? null : cap.left());
        return new Answered(answer, granted == null ? helpful(open, account, cap, others) : List.of());
    }

    /** Those that were opened. */
    List<Hold> opened() {
        return opened;
    }

    /** Those under which something was opened. */
    Collection<Cap> capsHeld() {
        return capsHeld.values();
    }

    private @Nullable Credits grant(Open open, AccountId account) {
        var need = need(open);
        var cap = cap(open);
        var available = books.available(account);
        if (cap != null) {
            available = available.min(cap.left());
        }
        if (available.compareTo(need) < 0) {
            return null;
        }
        // Rounded down: half is for other holders, need comes first anyway.
        var half = new Credits(available.micro() / 2);
        var granted = (need.compareTo(half) > 0 ? need : half).min(open.want().isZero() ? LEAST : open.want());
        books.hold(account, granted);
        if (cap != null) {
            var held = cap.hold(granted);
            caps.put(cap.day().cap(), held);
            capsHeld.put(cap.day().cap(), held);
        }
        var hold = Hold.opened(
                open.leaseId(), account, open.instance(), open.recallUrl(), granted, cap == null ? null : cap.day());
        now.put(hold.id(), hold);
        list(hold);
        opened.add(hold);
        return granted;
    }

    // Where only the cap is short, leases under another would not help.
    private List<Hold> helpful(Open open, AccountId account, @Nullable Cap cap, List<Hold> others) {
        return cap == null || books.available(account).compareTo(need(open)) < 0
                ? others
                : others.stream().filter(hold -> cap.covers(hold.capDay())).toList();
    }

    private @Nullable Cap cap(Open open) {
        return open.cap() == null
                ? null
                : Objects.requireNonNull(caps.get(open.cap().accessKeyId()));
    }

    private void list(Hold hold) {
        byAccount.computeIfAbsent(hold.account(), account -> new ArrayList<>()).add(hold.id());
    }

    private static Credits need(Open open) {
        return open.need().isZero() ? LEAST : open.need();
    }

    private static Credits inFlight(Statement statement) {
        try {
            return statement.inFlight().stream().map(InFlight::atMost).reduce(Credits.ZERO, Credits::plus);
        } catch (ArithmeticException tooMuch) {
            throw new IllegalArgumentException("more in flight than can be counted");
        }
    }
}
