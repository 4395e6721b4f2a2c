package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;

/** Books what has expired. Transfers ask for it and grants, which are built on transfers, do it. */
public interface Expiry {

    /** Books what has expired of an account's given credits, in a transaction of its own. */
    void book(AccountId account);
}
