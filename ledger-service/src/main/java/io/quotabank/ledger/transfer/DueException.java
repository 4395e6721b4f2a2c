package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;

/** Given credits of an account have passed their time, which has to be booked before anything of it is reserved. */
final class DueException extends RuntimeException {

    private final transient AccountId account;

    DueException(AccountId account) {
        super("account " + account.value() + " has expired credits", null, false, false);
        this.account = account;
    }

    AccountId account() {
        return account;
    }
}
