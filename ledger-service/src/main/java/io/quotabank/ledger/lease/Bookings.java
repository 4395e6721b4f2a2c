package io.quotabank.ledger.lease;

import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.batch.RoundTrip;
import io.quotabank.ledger.cap.Caps;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.group.GroupCommit;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.hold.Holds;
import io.quotabank.ledger.lease.Bookings.Asked.Opening;
import io.quotabank.ledger.lease.Bookings.Asked.Stating;
import io.quotabank.ledger.lease.Bookings.Booked.Answered;
import io.quotabank.ledger.lease.Bookings.Booked.Stated;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Books what holders state and opens leases, in one transaction those that come at the same time: first what all of them
 * state, then the openings in their order, each from what those before it left.
 */
@Component
class Bookings {

    /** What holders ask for. */
    sealed interface Asked {

        /** @param statements of other leases of this account that are booked before it: replaced or recalled ones */
        record Opening(Open open, AccountId account, List<Statement> statements) implements Asked {}

        record Stating(List<Statement> statements) implements Asked {}
    }

    /** What became of it. */
    sealed interface Booked {

        /** @param helpful where it was refused: the person's other leases that would help if they gave something back */
        record Answered(Answer answer, List<Hold> helpful) implements Booked {}

        /** @param known how many of the statements are of a lease */
        record Stated(int known) implements Booked {}
    }

    private static final int MOST_TOGETHER = 200;

    /** Who come while others are under way wait here. */
    final GroupCommit<Asked, Booked> together;

    private final Transfers transfers;
    private final Debts debts;
    private final Holds holds;
    private final Caps caps;
    private final Clock clock;
    private final LeaseProperties properties;
    private final JdbcTemplate jdbc;

    Bookings(
            Transfers transfers,
            Debts debts,
            Holds holds,
            Caps caps,
            Clock clock,
            LeaseProperties properties,
            JdbcTemplate jdbc) {
        this.transfers = transfers;
        this.debts = debts;
        this.holds = holds;
        this.caps = caps;
        this.clock = clock;
        this.properties = properties;
        this.jdbc = jdbc;
        this.together = new GroupCommit<>(transfers, this::book, MOST_TOGETHER);
    }

    // What is answered is of the kind of what was asked.
    Answered open(Opening opening) {
        return (Answered) together.submit(opening);
    }

    /** Statements of unknown or closed leases change nothing. */
    Stated state(Stating stating) {
        return (Stated) together.submit(stating);
    }

    /** In the caller's transaction. */
    void book(List<Turn<Asked, Booked>> turns) {
        var stated =
                holds.byIds(turns.stream().flatMap(turn -> stated(turn.asked())).toList());
        if (turns.stream().allMatch(turn -> accounts(turn.asked(), stated).isEmpty())) {
            turns.forEach(turn -> turn.answer(new Stated(0)));
            return;
        }
        var opening = opening(turns);
        // Those that were stated are read again: only under the locks nothing changes any more.
        var known = new HashMap<UUID, Hold>();
        var free = transfers.lockFree(
                turns,
                turn -> accounts(turn.asked(), stated),
                List.of(),
                Turn::putOff,
                reads -> holds.activeAnd(
                        opening.stream().map(Opening::account).toList(), ids(opening, stated), reads, known));
        if (!free.requests().isEmpty()) {
            var books = debts.lockToo(free.books());
            book(free.requests(), stated, books, new Round(books, known, properties));
        }
    }

    private void book(List<Turn<Asked, Booked>> turns, Map<UUID, Hold> stated, Books books, Round round) {
        var writes = new RoundTrip();
        state(round, books, turns, writes);
        round.cap(caps.told(caps(opening(turns)), LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)));
        for (var turn : turns) {
            turn.answer(
                    switch (turn.asked()) {
                        case Opening each -> round.open(each);
                        case Stating each -> known(each, stated);
                    });
        }
        caps.hold(round.capsHeld());
        holds.open(round.opened(), writes);
        transfers.post(books, writes);
        writes.run(jdbc);
    }

    private static List<Opening> opening(List<Turn<Asked, Booked>> turns) {
        return turns.stream()
                .map(Turn::asked)
                .filter(Opening.class::isInstance)
                .map(Opening.class::cast)
                .toList();
    }

    private static List<AccountId> accounts(Asked asked, Map<UUID, Hold> stated) {
        return switch (asked) {
            case Opening opening -> List.of(opening.account());
            case Stating stating ->
                stating.statements().stream()
                        .map(statement -> stated.get(statement.leaseId()))
                        .filter(Objects::nonNull)
                        .map(Hold::account)
                        .toList();
        };
    }

    private void state(Round round, Books books, List<Turn<Asked, Booked>> turns, RoundTrip writes) {
        for (var turn : turns) {
            switch (turn.asked()) {
                case Opening each -> round.state(each);
                case Stating each -> round.state(each);
            }
        }
        var changed = round.stated();
        debts.payFirst(books);
        holds.update(changed, round::before, writes);
    }

    private static Booked known(Stating stating, Map<UUID, Hold> stated) {
        return new Stated((int) stating.statements().stream()
                .filter(statement -> stated.containsKey(statement.leaseId()))
                .count());
    }

    private static Stream<UUID> stated(Asked asked) {
        return switch (asked) {
            case Opening opening -> Stream.of();
            case Stating stating -> stating.statements().stream().map(Statement::leaseId);
        };
    }

    private static Collection<UUID> ids(List<Opening> opening, Map<UUID, Hold> stated) {
        var ids = new ArrayList<>(stated.keySet());
        opening.forEach(each -> ids.add(each.open().leaseId()));
        return ids;
    }

    private static List<Caps.Told> caps(List<Opening> opening) {
        var told = new ArrayList<Caps.Told>(0);
        for (var each : opening) {
            var cap = each.open().cap();
            if (cap != null) {
                told.add(new Caps.Told(cap, each.account()));
            }
        }
        return told;
    }
}
