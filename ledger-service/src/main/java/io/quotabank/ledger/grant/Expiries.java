package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.grant.GrantEvents.Expired;
import io.quotabank.ledger.hold.Holds;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Expiry;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Books what has expired, or goes with the recharge that brought it: from the person back to {@code issued:grants}, one
 * transfer for each lot with the lot's id as its reference. What holds gave back of lots that expired while they were open
 * has none.
 */
@Service
class Expiries implements Expiry {

    private final Accounts accounts;
    private final Transfers transfers;
    private final Holds holds;
    private final LotStore lots;
    private final GrantEvents events;
    private final Ids ids;
    private final Clock clock;

    Expiries(
            Accounts accounts,
            Transfers transfers,
            Holds holds,
            LotStore lots,
            GrantEvents events,
            Ids ids,
            Clock clock) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.holds = holds;
        this.lots = lots;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public void book(AccountId account) {
        var issued = accounts.open(AccountCode.GRANTS);
        transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(issued, account));
            bringUpToDate(books, issued, List.of(account));
            transfers.post(books);
            return account;
        });
    }

    /**
     * Books what is due of some accounts. Accounts that somebody has locked are left for later: while this waits for none,
     * it never keeps others from {@code issued:grants} for long.
     *
     * @return how many accounts it found
     */
    int sweep(int most) {
        if (!lots.anyDue(clock.instant())) {
            return 0;
        }
        var issued = accounts.open(AccountCode.GRANTS);
        return transfers.inTransaction(() -> {
            // Its number is lower than any person's: rows are locked in order.
            transfers.lock(List.of(issued));
            var due = lots.lockDue(clock.instant(), most);
            var locked = new ArrayList<>(due);
            locked.add(issued);
            var books = transfers.lock(locked);
            bringUpToDate(books, issued, due);
            transfers.post(books);
            return due.size();
        });
    }

    /**
     * Takes what was spent from the lots and books what has expired of them; see {@link BurnDown}. The caller posts the
     * books.
     *
     * @param books with these accounts and {@code issued:grants} locked
     */
    void bringUpToDate(Books books, AccountId issued, Collection<AccountId> people) {
        bringUpToDate(books, issued, people, null);
    }

    /**
     * @param revoked a lot that ends now, whatever its time: it goes with the recharge that brought it
     * @return what went, of each lot that was open
     */
    List<Expired> bringUpToDate(Books books, AccountId issued, Collection<AccountId> people, @Nullable UUID revoked) {
        var now = clock.instant();
        var open = lots.open(people);
        var taken = new ArrayList<BurnDown.Part>();
        var backed = new HashMap<AccountId, Credits>();
        var expired = new ArrayList<Expired>();
        for (var person : people) {
            var lapsed = books.lapsed(person);
            var burnDown = BurnDown.of(
                    open.getOrDefault(person, List.of()),
                    books.unspread(person),
                    books.heldUnbacked(person),
                    lot -> lot.expired(now) || lot.id().equals(revoked));
            books.spread(person, burnDown.left(), burnDown.backed(), burnDown.nextExpiry());
            burnDown.parts().forEach(part -> expired.add(ended(person, part, now)));
            expired.add(new Expired(ids.next(), person, null, lapsed, TransferType.EXPIRY));
            taken.addAll(burnDown.parts());
            if (!burnDown.backed().isZero()) {
                backed.put(person, burnDown.backed());
            }
        }
        lots.take(taken);
        holds.back(Map.copyOf(backed));
        book(books, issued, expired);
        return expired;
    }

    private Expired ended(AccountId person, BurnDown.Part part, Instant now) {
        var type = part.lot().expired(now) ? TransferType.EXPIRY : TransferType.BONUS_REFUND;
        return new Expired(ids.next(), person, part.lot(), part.expired(), type);
    }

    /** Books what has expired and is told of nowhere else any more, in the caller's transaction. */
    void book(Books books, AccountId issued, List<Expired> expired) {
        var all = expired.stream().filter(each -> !each.amount().isZero()).toList();
        all.forEach(each -> book(books, issued, each));
        events.expired(all);
    }

    private static void book(Books books, AccountId issued, Expired expired) {
        var lot = expired.lot();
        books.transfer(
                expired.transfer(),
                expired.account(),
                issued,
                expired.amount(),
                expired.type(),
                lot == null ? null : lot.id());
    }
}
