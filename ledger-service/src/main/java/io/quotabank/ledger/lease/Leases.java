package io.quotabank.ledger.lease;

import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.ledger.batch.RoundTrip;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.hold.Holds;
import io.quotabank.ledger.lease.Bookings.Asked.Opening;
import io.quotabank.ledger.lease.Bookings.Asked.Stating;
import io.quotabank.ledger.transfer.Transfers;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/** Opens leases and takes their holders' statements; see "A lease from opening to end" in docs/settlement.md. */
@Service
class Leases {

    private static final int UUID_V7 = 7;

    private final Grants grants;
    private final Bookings bookings;
    private final Transfers transfers;
    private final Debts debts;
    private final Holds holds;
    private final RecallClient recalls;
    private final JdbcTemplate jdbc;

    Leases(
            Grants grants,
            Bookings bookings,
            Transfers transfers,
            Debts debts,
            Holds holds,
            RecallClient recalls,
            JdbcTemplate jdbc) {
        this.grants = grants;
        this.bookings = bookings;
        this.transfers = transfers;
        this.debts = debts;
        this.holds = holds;
        this.recalls = recalls;
        this.jdbc = jdbc;
    }

    /** Grants a lease, or refuses it after what others hold has been recalled. No transaction is open meanwhile. */
    Answer open(Open open) {
        check(open);
        var account = grants.welcome(open.userId());
        var first = bookings.open(new Opening(open, account, open.replaced()));
        var recallable = recalls.recallable(first.helpful());
        if (recallable.isEmpty()) {
            return first.answer();
        }
        var statements = recalls.recall(recallable);
        return bookings.open(new Opening(open, account, statements)).answer();
    }

    /** @return false where there is no such lease */
    boolean state(Statement statement) {
        return bookings.state(new Stating(List.of(statement))).known() == 1;
    }

    /**
     * Gives back what is left in a lease whose holder was silent too long.
     *
     * @return false where it has got an end meanwhile
     */
    boolean expire(UUID lease) {
        return release(lease, Hold::expire);
    }

    /**
     * Gives back what its holder told as spent and no event has settled.
     *
     * @return false where it has got an end meanwhile
     */
    boolean giveUp(UUID lease) {
        return release(lease, Hold::giveUp);
    }

    private boolean release(UUID lease, UnaryOperator<Hold> end) {
        var known = holds.find(lease).orElseThrow();
        return transfers.inTransaction(() -> {
            var books = debts.lock(List.of(known.account()));
            var before = holds.find(lease).orElseThrow();
            var after = end.apply(before);
            if (after.equals(before)) {
                return false;
            }
            books.release(before.account(), before.left().minus(after.left()), after.lapsed(before));
            debts.payFirst(books);
            var writes = new RoundTrip();
            holds.update(List.of(after), id -> before, writes);
            transfers.post(books, writes);
            writes.run(jdbc);
            return true;
        });
    }

    private static void check(Open open) {
        if (open.leaseId() == null || open.userId() == null || open.leaseId().version() != UUID_V7) {
            throw new IllegalArgumentException("a lease needs a user and an id that is a UUIDv7");
        }
        if (open.instance() == null
                || open.recallUrl() == null
                || !open.recallUrl().matches("https?://\\S{1,500}")) {
            throw new IllegalArgumentException("a lease needs an instance and an http address for recalls");
        }
    }
}
