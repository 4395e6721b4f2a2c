package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;
import java.util.List;

/** Books as if their accounts were locked, for tests of arithmetic that needs no database. */
public final class LockedBooks {

    /** What an account has, in micro-credits on its normal side. */
    public record Account(AccountId id, boolean creditSide, long posted, long held, long backed) {}

    public static Books of(List<Account> accounts) {
        var sorted = accounts.stream()
                .sorted((a, b) -> Long.compare(a.id().value(), b.id().value()))
                .toList();
        var books = new Books(
                sorted.stream().mapToLong(account -> account.id().value()).toArray());
        for (int i = 0; i < sorted.size(); i++) {
            var account = sorted.get(i);
            books.put(i, account.creditSide(), "bronze", account.posted(), account.held(), 0, 0);
            books.lots().put(i, 0, 0, account.backed(), 0, null, false);
        }
        return books;
    }

    /** One line for each transfer: debit, credit, amount, type and reference. */
    public static List<String> rows(Books books) {
        return books.rows().stream()
                .map(row -> row.debit().value() + " " + row.credit().value() + " " + row.amount() + " "
                        + row.type().wire() + " " + row.reference())
                .toList();
    }

    private LockedBooks() {}
}
