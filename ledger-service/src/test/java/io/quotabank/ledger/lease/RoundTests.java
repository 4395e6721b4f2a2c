package io.quotabank.ledger.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.lease.Bookings.Asked.Stating;
import io.quotabank.ledger.transfer.LockedBooks;
import io.quotabank.ledger.transfer.LockedBooks.Account;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundTests {

    private static final AccountId LOCKED = new AccountId(1);
    private static final AccountId NOT_LOCKED = new AccountId(2);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Hold known = hold(LOCKED);
    private final Hold appeared = hold(NOT_LOCKED);

    @Test
    void aLeaseThatAppearedWithoutItsAccountsLockIsLeftAsItIs() {
        var books = LockedBooks.of(List.of(new Account(LOCKED, true, 1_000, 10, 0)));
        var round = new Round(
                books,
                Map.of(known.id(), known, appeared.id(), appeared),
                new LeaseProperties(MINUTE, MINUTE, MINUTE, MINUTE, 1, MINUTE, MINUTE, MINUTE, 1));

        for (var hold : List.of(known, appeared)) {
            round.state(new Stating(List.of(People.statement(hold.id(), 1, 4, true))));
        }

        assertThat(round.stated()).extracting(Hold::id).containsExactly(known.id());
        assertThat(books.held(LOCKED)).isEqualTo(new Credits(4));
    }

    private static Hold hold(AccountId account) {
        return Hold.opened(TestUsage.IDS.next(), account, "proxy-1", People.NOBODY, new Credits(10));
    }
}
