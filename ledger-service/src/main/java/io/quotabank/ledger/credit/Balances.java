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

    /** @param held what is reserved of it by running spending */
    record Balance(Credits posted, Credits held, List<Expiring> expiring) {}

    private record Row(Credits posted, Credits held) {}

    private final JdbcClient jdbc;
    private final Grants grants;

    Balances(JdbcClient jdbc, Grants grants) {
        this.jdbc = jdbc;
        this.grants = grants;
    }

    Balance of(AccountId account) {
        // First, for it books what has expired.
        var expiring = grants.expiring(account);
        var row = jdbc.sql("SELECT posted, held FROM account WHERE id = ?")
                .param(account.value())
                .query((result, index) -> new Row(new Credits(result.getLong(1)), new Credits(result.getLong(2))))
                .single();
        return new Balance(row.posted(), row.held(), expiring);
    }
}
