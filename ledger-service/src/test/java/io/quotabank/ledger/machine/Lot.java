package io.quotabank.ledger.machine;

/** Given credits. */
final class Lot {
    final int priority;
    final long expires;
    final long amount;
    long left;
    long ended;
    boolean revoked;
    long again;
    long claimed;

    Lot(int priority, long expires, long amount) {
        this.priority = priority;
        this.expires = expires;
        this.amount = amount;
        this.left = amount;
    }

    long spent() {
        return amount - left - ended;
    }
}
