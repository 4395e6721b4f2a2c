package io.quotabank.ledger.settlement;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import java.util.List;

/**
 * A settlement as it is stored.
 *
 * @param charges what each funding hold gave, in their order
 */
record Settled(Usage usage, AccountId buyer, Credits charge, List<Credits> charges) {

    Credits loss() {
        return usage.served().minus(charge);
    }
}
