package io.quotabank.systemtests;

import io.quotabank.systemtests.stack.Books;
import java.util.UUID;

/** How many rows each service has about a person: what is refused adds none. */
record Written(
        long transfers, long settlements, long holds, long poolKeys, long deposits, long accessKeys, long usage) {

    private static final Books POOL = new Books(Suite.STACK, "pool");
    private static final Books PROXY = new Books(Suite.STACK, "proxy");

    static Written of(UUID person) {
        var theirs = "SELECT count(*) FROM %s JOIN account a ON %s WHERE a.person = ?";
        return new Written(
                Suite.LEDGER.number(theirs.formatted("transfer t", "a.id IN (t.debit, t.credit)"), person),
                Suite.LEDGER.number(theirs.formatted("settlement s", "a.id = s.account"), person),
                Suite.LEDGER.number(theirs.formatted("hold h", "a.id = h.account"), person),
                POOL.number("SELECT count(*) FROM pool_key WHERE owner_id = ?", person),
                POOL.number("SELECT count(*) FROM deposit WHERE owner_id = ?", person),
                PROXY.number("SELECT count(*) FROM access_key WHERE user_id = ?", person),
                PROXY.number("SELECT count(*) FROM usage WHERE user_id = ?", person));
    }
}
