package io.quotabank.ledger.credit;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Grants.Expiring;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

@Service
class Balances {

    /**
     * @param held what is reserved of it by running spending
     * @param debt what is owed, and no part of it
     */
    record Balance(Credits posted, Credits held, Credits debt, List<Expiring> expiring) {}

    private static final String FIND = """
            SELECT a.posted, a.held, coalesce(d.posted, 0)
            FROM account a LEFT JOIN account d ON d.code = 'debt:' || a.person WHERE a.id = ?
            """;

    private final JdbcClient jdbc;
    private final Grants grants;

    Balances(JdbcClient jdbc, Grants grants) {
        this.jdbc = jdbc;
        this.grants = grants;
    }

    Balance of(AccountId account) {
        // First, for it books what has expired.
        var expiring = grants.expiring(account);
        return jdbc.sql(FIND)
                .param(account.value())
                .query((row, index) -> new Balance(
                        new Credits(row.getLong(1)),
                        new Credits(row.getLong(2)),
                        new Credits(row.getLong(3)),
                        expiring))
                .single();
    }
}
