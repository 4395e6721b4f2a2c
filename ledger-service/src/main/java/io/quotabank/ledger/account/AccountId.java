package io.quotabank.ledger.account;

/** The number of an account's row: rows are locked in its order. */
public record AccountId(long value) implements Comparable<AccountId> {

    @Override
    public int compareTo(AccountId other) {
        return Long.compare(value, other.value);
    }
}
