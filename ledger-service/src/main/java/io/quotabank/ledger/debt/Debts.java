package io.quotabank.ledger.debt;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.platform.id.Ids;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * What people owe. A debt is settled out of recharges, first of all, and out of nothing else: gifts expire and were
 * promised for use, and taking them would turn them into money; earnings are their owner's pay for keys, which a
 * disputed card payment has nothing to do with.
 */
@Service
public class Debts {

    private final Accounts accounts;
    private final JdbcClient jdbc;
    private final Ids ids;

    Debts(Accounts accounts, JdbcClient jdbc, Ids ids) {
        this.accounts = accounts;
        this.jdbc = jdbc;
        this.ids = ids;
    }

    /** The account of a person's debt; opened before there is one, so that it can be locked. Call it outside a transaction. */
    public AccountId account(UUID person) {
        return accounts.open(AccountCode.debt(person));
    }

    /**
     * Pays as much of a debt as was just credited. Both accounts are locked; the credit is booked in these books.
     *
     * @param credited what the recharge brought
     */
    public void settle(Books books, AccountId account, AccountId debt, Credits credited) {
        var owed = books.posted(debt).min(credited);
        if (owed.isZero()) {
            return;
        }
        var amount = owed.min(books.available(account));
        if (!amount.isZero()) {
            books.transfer(ids.next(), account, debt, amount, TransferType.DEBT_SETTLEMENT, null);
        }
    }

    public Credits of(UUID person) {
        return jdbc.sql("SELECT posted FROM account WHERE code = ?")
                .param(AccountCode.debt(person).text())
                .query((row, index) -> new Credits(row.getLong(1)))
                .optional()
                .orElse(Credits.ZERO);
    }
}
