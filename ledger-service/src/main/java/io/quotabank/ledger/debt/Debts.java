package io.quotabank.ledger.debt;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/**
 * What people owe. A debt is settled out of recharges, first of all; out of paid credits that an application gives back;
 * and out of what was held when it arose, as that comes back. It is settled out of nothing else: gifts expire and were
 * promised for use, and taking them would turn them into money; earnings are their owner's pay for keys, which a disputed
 * card payment has nothing to do with.
 *
 * <p>What was held then is pledged on the account's own row ({@link Books#pledged}), so that whoever owes nothing costs
 * nobody a look. A debt's row is locked only under the lock of its person's row: so it may be locked later than rows with
 * higher numbers, and nobody waits in a circle.
 */
@Service
public class Debts {

    /** @param debts the accounts of what those people owe who ever did, locked like the others */
    public record Locked(Books books, Map<AccountId, AccountId> debts) {}

    private static final String OF = """
            SELECT a.id, d.id FROM account a JOIN account d ON d.code = 'debt:' || a.person WHERE a.id = ANY(?)
            """;

    private final Accounts accounts;
    private final Transfers transfers;
    private final JdbcTemplate jdbc;
    private final Ids ids;

    Debts(Accounts accounts, Transfers transfers, JdbcTemplate jdbc, Ids ids) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.jdbc = jdbc;
        this.ids = ids;
    }

    /** The account of a person's debt; opened before there is one, so that it can be locked. Call it outside a transaction. */
    public AccountId account(UUID person) {
        return accounts.open(AccountCode.debt(person));
    }

    /** Locks accounts of which holds may give something back, and with them the debts that this would pay. */
    public Books lock(Collection<AccountId> touched) {
        return lockToo(transfers.lock(touched));
    }

    /** Locks, beside accounts of which holds may give something back, the debts that this would pay. */
    public Books lockToo(Books books) {
        return with(books, books.pledging()).books();
    }

    /** Locks, beside accounts, what the people among them owe, if they ever did. */
    public Locked lockOwed(Books books) {
        return with(books, books.accounts());
    }

    private Locked with(Books books, Collection<AccountId> people) {
        var debts = people.isEmpty() ? Map.<AccountId, AccountId>of() : of(people);
        if (debts.isEmpty()) {
            return new Locked(books, debts);
        }
        var all = new ArrayList<>(books.accounts());
        all.addAll(debts.values());
        return new Locked(transfers.lock(all), debts);
    }

    /** What came back of what is pledged pays, before anything else is done with it. The accounts are locked by {@link #lock}. */
    public void payFirst(Books books) {
        var owing = books.pledging().stream()
                .filter(account -> !books.back(account).isZero())
                .toList();
        if (!owing.isEmpty()) {
            var debts = of(owing);
            for (var account : owing) {
                var debt = Optional.ofNullable(debts.get(account)).orElseThrow();
                settle(books, account, debt, books.back(account));
            }
        }
    }

    /** The same out of credits that were just booked for a person, if they owe anything. */
    public void pay(Locked locked, AccountId account, Credits credited) {
        var debt = locked.debts().get(account);
        if (debt != null) {
            settle(locked.books(), account, debt, credited);
        }
    }

    /**
     * Pays as much of a debt as was just credited. Both accounts are locked; the credit is booked in these books.
     *
     * @param credited what the recharge brought
     */
    public void settle(Books books, AccountId account, AccountId debt, Credits credited) {
        var owed = books.posted(debt).min(credited);
        var amount = owed.isZero() ? owed : owed.min(books.available(account));
        if (!amount.isZero()) {
            books.transfer(ids.next(), account, debt, amount, TransferType.DEBT_SETTLEMENT, null);
        }
        if (!books.pledged(account).isZero()) {
            books.pledge(account, books.pledged(account).min(books.posted(debt)));
        }
    }

    /** So many credits were to be taken back and were not available: what is held is pledged to that. */
    public void pledge(Books books, AccountId account, Credits owed) {
        books.pledge(account, books.pledged(account).plus(owed));
    }

    public Credits of(UUID person) {
        return jdbc
                .query(
                        "SELECT posted FROM account WHERE code = ?",
                        (row, index) -> new Credits(row.getLong(1)),
                        AccountCode.debt(person).text())
                .stream()
                .findFirst()
                .orElse(Credits.ZERO);
    }

    private Map<AccountId, AccountId> of(Collection<AccountId> people) {
        var debts = new HashMap<AccountId, AccountId>();
        var numbers = people.stream().mapToLong(AccountId::value).toArray();
        jdbc.query(OF, statement -> new Columns(statement).longs(numbers), row -> {
            debts.put(new AccountId(row.getLong(1)), new AccountId(row.getLong(2)));
        });
        return debts;
    }
}
