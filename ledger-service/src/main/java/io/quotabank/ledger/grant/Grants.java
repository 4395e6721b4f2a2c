package io.quotabank.ledger.grant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.identity.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Gives credits, each gift once by its key, and tells which of them will expire. */
@Service
public class Grants {

    /** What will be gone at an instant if nothing more is spent. */
    public record Expiring(Credits amount, Instant at) {}

    /** Of a gift, by its transfer's id. */
    public record Part(UUID lot, Credits credits) {}

    /**
     * What became of parts that were to go back to gifts. What did not had been asked back of the person: it is paid for.
     *
     * @param toLots what went back
     * @param expired of that: of gifts whose time is over, or that were taken back
     */
    public record Returned(Credits toLots, Credits expired) {}

    /**
     * A gift that was taken back.
     *
     * @param lot its transfer
     * @param transfer which took what was left of it; null where nothing was, or its time was over
     * @param fromLot what was left of it
     * @param spent what was spent of it before
     */
    public record Revoked(UUID lot, @Nullable UUID transfer, Credits fromLot, Credits spent) {}

    /** @param paid what had been asked back of the person for it */
    public record Restored(UUID lot, Credits toLot, Credits paid) {}

    private static final int REMEMBERED = 200_000;

    private final Accounts accounts;
    private final Transfers transfers;
    private final Expiries expiries;
    private final Returns returns;
    private final LotStore lots;
    private final GrantEvents events;
    private final Ids ids;
    private final Clock clock;
    private final GrantProperties properties;
    private final Cache<UUID, AccountId> welcomed =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    private final Cache<UUID, AccountId> withPhone =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    Grants(
            Accounts accounts,
            Transfers transfers,
            Expiries expiries,
            Returns returns,
            LotStore lots,
            GrantEvents events,
            Ids ids,
            Clock clock,
            GrantProperties properties) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.expiries = expiries;
        this.returns = returns;
        this.lots = lots;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /**
     * The account of a verified person, opened with the sign-up grant when that person is seen for the first time: who
     * signed in, or presented an access key, which only somebody has who did. Call it outside a transaction.
     */
    public AccountId welcome(UUID person) {
        return once(
                welcomed,
                person,
                accounts.open(AccountCode.user(person)),
                () -> Gift.of(
                        "signup:" + person,
                        Origin.SIGNUP,
                        Credits.ofDecimal(properties.signUpCredits()),
                        clock.instant().plus(properties.signUpLives())));
    }

    /**
     * The account of somebody whom another one names. It is not opened here and given nothing: whoever can name people
     * could make them up, one sign-up gift each.
     */
    public Optional<AccountId> known(UUID person) {
        return accounts.find(AccountCode.user(person));
    }

    /** The same, opened where somebody vouches for what will be in it. The sign-up gift waits for the person. */
    public AccountId vouchedFor(UUID person) {
        return accounts.open(AccountCode.user(person));
    }

    /** As {@link #welcome(UUID)} for a person who calls, with what their verified phone gives. */
    public AccountId welcome(Caller caller) {
        var person = caller.userId();
        var account = welcome(person);
        return caller.phoneVerified()
                ? once(
                        withPhone,
                        person,
                        account,
                        () -> Gift.of(
                                "phone:" + person,
                                Origin.PHONE,
                                Credits.ofDecimal(properties.phoneCredits()),
                                clock.instant().plus(properties.phoneLives())))
                : account;
    }

    private AccountId once(Cache<UUID, AccountId> known, UUID person, AccountId account, Supplier<Gift> first) {
        if (known.getIfPresent(person) == null) {
            var gift = first.get();
            if (!lots.has(gift.key())) {
                give(account, gift);
            }
            known.put(person, account);
        }
        return account;
    }

    /** Gives in a transaction of its own; empty where the key was given before. */
    public Optional<UUID> give(AccountId account, Gift gift) {
        var issued = issued();
        return transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(issued, account));
            var given = give(books, account, gift);
            transfers.post(books);
            return given;
        });
    }

    /** Whoever gives in a transaction locks this account, too. */
    public AccountId issued() {
        return accounts.open(AccountCode.GRANTS);
    }

    /**
     * Gives in the caller's transaction, which posts the books. Rivals wait for the locked row of the account; the key
     * then tells the second one.
     *
     * @param books with the account and {@link #issued()} locked
     * @return the grant's id, which is its transfer's; empty where the key was given before
     */
    public Optional<UUID> give(Books books, AccountId account, Gift gift) {
        var issued = issued();
        var now = clock.instant();
        var expiresAt = gift.expiresAt();
        if (expiresAt != null && !expiresAt.isAfter(now)) {
            throw new IllegalArgumentException("credits that are given expire later than now");
        }
        // Before the new lot is there: what was spent until now took nothing of it.
        expiries.bringUpToDate(books, issued, List.of(account));
        var id = ids.next();
        if (!lots.insert(account, gift, id, now)) {
            return Optional.empty();
        }
        books.transfer(id, issued, account, gift.amount(), TransferType.BONUS, null);
        books.given(account, gift.amount(), expiresAt);
        events.given(id, account, gift);
        return Optional.of(id);
    }

    /**
     * Gives back to gifts what was taken of them; of those whose time is over it is booked as expired at once.
     *
     * @param books with the account and {@link #issued()} locked, and all of it booked to the account
     */
    public Returned giveBack(Books books, AccountId account, List<Part> parts) {
        return returns.giveBack(books, issued(), account, parts);
    }

    /** Takes what is left of a gift back; empty where there is none by this key, or it was before. Books as above. */
    public Optional<Revoked> revoke(Books books, AccountId account, String key) {
        return returns.revoke(books, issued(), account, key);
    }

    /**
     * Asks back what was spent of such a gift, too.
     *
     * @param debt where what is not available is owed; locked like the others
     * @return what was available
     */
    public Credits claim(Books books, AccountId account, AccountId debt, Revoked gift) {
        return returns.claim(books, issued(), account, debt, gift);
    }

    /** Gives a gift that was taken back again, as far as its time is not over, and what was asked for it. */
    public Optional<Restored> restore(Books books, AccountId account, String key) {
        return returns.restore(books, issued(), account, key);
    }

    /**
     * What will expire, soonest first; what has expired is booked first. Everything that was spent counts against the lots
     * in order of priority, expiry and age; what is held counts when it is charged.
     */
    public List<Expiring> expiring(AccountId account) {
        var standing = lots.standing(account, clock.instant());
        if (standing.due()) {
            expiries.book(account);
        }
        return standing.parts().stream()
                .filter(part -> !part.left().isZero())
                .flatMap(part ->
                        Optional.ofNullable(part.lot().expiresAt()).map(at -> new Expiring(part.left(), at)).stream())
                .sorted(Comparator.comparing(Expiring::at))
                .toList();
    }
}
