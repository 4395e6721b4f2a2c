package io.quotabank.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.transfer.LockedBooks.Account;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PledgesTests {

    private static final AccountId ANN = new AccountId(1);
    private static final AccountId BOB = new AccountId(2);
    private static final AccountId NOBODY = new AccountId(3);

    private final Pledges pledges = new Pledges(2);

    @Test
    void noMoreIsPledgedThanIsHeld() {
        pledges.put(0, 70, 50);
        pledges.put(1, 30, 50);

        assertThat(pledges.pledged(new int[] {1, 0})).containsExactly(30, 50);
        assertThat(pledges.changed()).isFalse();
    }

    @Test
    void whatComesBackPaysUpToWhatIsPledged() {
        pledges.put(1, 30, 50);
        assertThat(pledges.anyBack()).isFalse();

        pledges.release(1, 20);
        assertThat(pledges.back(1)).isEqualTo(20);
        assertThat(pledges.back(0)).isZero();
        assertThat(pledges.anyBack()).isTrue();
        pledges.release(1, 20);
        assertThat(pledges.back(1)).isEqualTo(30);

        pledges.release(0, 20);
        assertThat(pledges.back(0)).as("nothing is pledged").isZero();
    }

    @Test
    void whatIsLeftOfItIsPledgedAgain() {
        pledges.put(0, 30, 50);
        pledges.release(0, 20);

        pledges.pledge(0, 10);

        assertThat(pledges.pledged(0)).isEqualTo(10);
        assertThat(pledges.anyBack()).isFalse();
        assertThat(pledges.changed()).isTrue();
        pledges.written();
        assertThat(pledges.changed()).isFalse();
        pledges.pledge(0, 10);
        assertThat(pledges.changed()).as("the same again").isFalse();
    }

    @Test
    void whatIsChargedOfTheHeldIsPledgedNoMore() {
        pledges.put(0, 30, 50);
        pledges.within(0, 30);
        assertThat(pledges.changed()).isFalse();
        pledges.within(0, 29);
        assertThat(pledges.pledged(0)).isEqualTo(29);
        assertThat(pledges.changed()).isTrue();
    }

    @Test
    void whatCameBackIsPledgedUntilItHasPaid() {
        pledges.put(0, 30, 30);
        pledges.release(0, 20);
        pledges.within(0, 10);
        assertThat(pledges.pledged(0)).isEqualTo(30);
        pledges.within(0, 9);
        assertThat(pledges.pledged(0)).isEqualTo(29);
    }

    @Test
    void aPledgeIsNeverRaised() {
        pledges.put(0, 30, 50);
        pledges.release(0, 20);
        pledges.within(0, 30);
        assertThat(pledges.pledged(0)).isEqualTo(30);
    }

    @Test
    void booksTellWhatTheirHoldsGaveBackAndLapsedCreditsAreNotOfIt() {
        var books = books();
        assertThat(books.accounts()).containsExactly(ANN, BOB);
        assertThat(books.isLocked(NOBODY)).isFalse();
        assertThat(books.pledging()).isEmpty();
        books.pledge(ANN, new Credits(70));
        assertThat(books.pledging()).containsExactly(ANN);
        assertThat(books.pledged(ANN)).as("no more than is held").isEqualTo(new Credits(50));
        assertThat(books.pledges().changed()).isTrue();
        books.written();
        assertThat(books.pledges().changed()).isFalse();

        books.release(ANN, new Credits(20), new Credits(5));
        assertThat(books.back(ANN)).isEqualTo(new Credits(15));
        assertThat(books.pledged(ANN)).as("what lapsed is nobody's").isEqualTo(new Credits(45));
    }

    @Test
    void whatIsSettledOfAHoldIsPledgedNoMore() {
        var books = books();
        books.pledge(ANN, new Credits(50));
        books.settle(UUID.randomUUID(), ANN, BOB, new Credits(30), TransferType.PROXY_USAGE);
        assertThat(books.pledged(ANN)).isEqualTo(new Credits(20));
        assertThat(books.back(ANN)).isEqualTo(Credits.ZERO);
    }

    /** Of Ann's 100 are 50 held, 10 of them of grants. */
    private static Books books() {
        return LockedBooks.of(List.of(new Account(ANN, true, 100, 50, 10), new Account(BOB, true, 0, 0, 0)));
    }
}
