package io.quotabank.ledger.lease;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.hold.Holds;
import io.quotabank.ledger.lease.Bookings.Asked.Stating;
import org.springframework.stereotype.Service;

/** Gets back what a person's leases hold and do not use, for others who need it. */
@Service
public class Recalls {

    private final Holds holds;
    private final RecallClient client;
    private final Bookings bookings;

    Recalls(Holds holds, RecallClient client, Bookings bookings) {
        this.holds = holds;
        this.client = client;
        this.bookings = bookings;
    }

    /**
     * Asks the holders of an account's leases for their last statements and books them. Nobody is asked where all of them
     * together have less than what is missing. Call it outside a transaction.
     *
     * @return whether anything was stated: then it is worth another try
     */
    public boolean recall(AccountId account, Credits missing) {
        var recallable = client.recallable(holds.active(account));
        var most = recallable.stream().map(lease -> lease.left()).reduce(Credits.ZERO, Credits::plus);
        if (recallable.isEmpty() || most.compareTo(missing) < 0) {
            return false;
        }
        var statements = client.recall(recallable);
        if (!statements.isEmpty()) {
            bookings.state(new Stating(statements));
        }
        return !statements.isEmpty();
    }
}
