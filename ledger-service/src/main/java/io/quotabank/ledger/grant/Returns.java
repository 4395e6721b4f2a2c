package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.GrantEvents.Expired;
import io.quotabank.ledger.grant.LotReturnStore.Standing;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Gives back to gifts what was taken from them, and takes gifts back whose reason fell away. A gift whose time is over
 * stays over: what goes back to it is booked as expired at once, as it is where a hold gives back what it had of one.
 *
 * <p>Books have the account and {@code issued:grants} locked; the caller posts them.
 */
@Component
class Returns {

    private final Expiries expiries;
    private final LotReturnStore store;
    private final GrantEvents events;
    private final Ids ids;
    private final Clock clock;

    Returns(Expiries expiries, LotReturnStore store, GrantEvents events, Ids ids, Clock clock) {
        this.expiries = expiries;
        this.store = store;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** @param parts of lots of this account; all of it is booked to the account already */
    Grants.Returned giveBack(Books books, AccountId issued, AccountId account, List<Grants.Part> parts) {
        expiries.bringUpToDate(books, issued, List.of(account));
        var now = clock.instant();
        var toLots = Credits.ZERO;
        var expired = new ArrayList<Expired>();
        for (var part : parts) {
            var lot = store.find(part.lot()).orElseThrow();
            // What was asked back of the person once is theirs, and no gift any more.
            var bought = part.credits().min(lot.claimed());
            var given = part.credits().minus(bought);
            toLots = toLots.plus(given);
            if (lot.revoked() != null || lot.lot().expired(now)) {
                store.returnToEnded(part.lot(), given, bought);
                expired.add(new Expired(ids.next(), account, lot.lot(), given, TransferType.EXPIRY));
            } else {
                store.giveBack(part.lot(), given);
                books.given(account, given, lot.lot().expiresAt());
            }
        }
        expiries.book(books, issued, expired);
        var over = expired.stream().map(Expired::amount).reduce(Credits.ZERO, Credits::plus);
        return new Grants.Returned(toLots, over);
    }

    /**
     * Ends a gift before its time: what it has left goes as {@code bonus_refund}. Empty where there is none by this key, or it
     * was taken back before.
     */
    Optional<Grants.Revoked> revoke(Books books, AccountId issued, AccountId account, String key) {
        return store.byKey(key).filter(lot -> lot.revoked() == null).map(lot -> {
            var id = lot.lot().id();
            // What open holds have of it is theirs, and is nobody's when they give it back.
            var went = expiries.bringUpToDate(books, issued, List.of(account), id).stream()
                    .filter(each -> each.lot() != null
                            && each.lot().id().equals(id)
                            && !each.amount().isZero())
                    .findFirst();
            var free = went.map(Expired::amount).orElse(Credits.ZERO);
            store.revoke(id, free);
            var transfer = went.filter(each -> each.type() == TransferType.BONUS_REFUND)
                    .map(Expired::transfer)
                    .orElse(null);
            return new Grants.Revoked(
                    id, transfer, free, store.find(id).orElseThrow().spent());
        });
    }

    /** Asks what was spent of a gift back, out of what is available, and of a debt for the rest. */
    Credits claim(Books books, AccountId issued, AccountId account, AccountId debt, Grants.Revoked gift) {
        var fromBalance = gift.spent().min(books.available(account));
        move(books, account, issued, fromBalance, TransferType.BONUS_REFUND, gift.lot());
        move(books, debt, issued, gift.spent().minus(fromBalance), TransferType.BONUS_REFUND, gift.lot());
        store.claim(gift.lot(), gift.spent());
        return fromBalance;
    }

    /** Undoes both. Empty where there is no such gift, or it stands. */
    Optional<Grants.Restored> restore(Books books, AccountId issued, AccountId account, String key) {
        return store.byKey(key)
                .flatMap(lot -> Optional.ofNullable(lot.revoked())
                        .map(revoked -> restore(books, issued, account, lot, revoked)));
    }

    private Grants.Restored restore(Books books, AccountId issued, AccountId account, Standing lot, Credits revoked) {
        expiries.bringUpToDate(books, issued, List.of(account));
        var id = lot.lot().id();
        // What would have expired by now does not come again.
        var again = lot.lot().expired(clock.instant()) ? Credits.ZERO : revoked;
        var transfer = move(books, issued, account, again, TransferType.BONUS_RESTORED, id);
        move(books, issued, account, lot.claimed(), TransferType.BONUS_RESTORED, id);
        store.restore(id, again);
        if (!again.isZero()) {
            books.given(account, again, lot.lot().expiresAt());
            events.restored(transfer, account, lot.lot(), again);
        }
        return new Grants.Restored(id, again, lot.claimed());
    }

    private UUID move(Books books, AccountId debit, AccountId credit, Credits amount, TransferType type, UUID lot) {
        var transfer = ids.next();
        if (!amount.isZero()) {
            books.transfer(transfer, debit, credit, amount, type, lot);
        }
        return transfer;
    }
}
