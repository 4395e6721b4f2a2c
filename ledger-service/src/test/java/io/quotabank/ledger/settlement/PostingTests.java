package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.LockedBooks;
import io.quotabank.ledger.transfer.LockedBooks.Account;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a batch does to the books, without a database. */
class PostingTests {

    private static final int PARTITION = 5;
    private static final UUID BUYER = new UUID(1, 1);
    private static final UUID ANN = new UUID(1, 2);
    private static final UUID BOB = new UUID(1, 3);
    private static final UUID HOLD = new UUID(2, 1);
    private static final UUID OTHER_HOLD = new UUID(2, 2);

    private final Map<AccountCode, AccountId> accounts = new HashMap<>();
    private final Map<UUID, Hold> holds = new HashMap<>();
    private Books books;
    private Posting posting;

    @BeforeEach
    void aBuyerWhoHasAThousandAndTwoHoldsOfAHundred() {
        account(1, AccountCode.user(BUYER));
        account(2, AccountCode.clearing(PARTITION));
        account(3, AccountCode.revenue(PARTITION));
        account(4, AccountCode.platformLoss(PARTITION));
        account(5, AccountCode.earnings(ANN, PARTITION));
        account(6, AccountCode.earnings(BOB, PARTITION));
        holds.put(HOLD, hold(HOLD, 1, 30));
        holds.put(OTHER_HOLD, hold(OTHER_HOLD, 1, 0));
        var rows = new ArrayList<Account>();
        for (int id = 1; id <= 6; id++) {
            rows.add(new Account(new AccountId(id), id != 4, id == 1 ? 1_000 : 0, id == 1 ? 200 : 0, id == 1 ? 30 : 0));
        }
        books = LockedBooks.of(rows);
        posting = new Posting(books, accounts, holds, TestUsage.IDS, PARTITION);
    }

    @Test
    void theBuyerPaysOwnersAndThePlatformGetTheirPartsAndNothingStaysInClearing() {
        var usage = usage(TestUsage.of(BUYER).cost(60).from(HOLD, 60).served(ANN, 60));
        posting.settle(usage);
        posting.net();

        assertThat(LockedBooks.rows(books))
                .containsExactly("1 2 60 proxy_usage null", "2 3 3 proxy_revenue null", "2 5 57 proxy_accrual null");
        assertThat(posted(1)).isEqualTo(940);
        assertThat(held(1)).isEqualTo(140);
        assertThat(posted(2)).isZero();
        assertThat(posting.loss()).isEqualTo(Credits.ZERO);
        assertThat(posting.settled()).singleElement().satisfies(row -> {
            assertThat(row.usage()).isEqualTo(usage);
            assertThat(row.buyer()).isEqualTo(new AccountId(1));
            assertThat(row.charge()).isEqualTo(new Credits(60));
            assertThat(row.charges()).containsExactly(new Credits(60));
        });
        assertThat(posting.changedHolds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.settled()).isEqualTo(new Credits(60)));
        assertThat(posting.before(HOLD)).isEqualTo(holds.get(HOLD));
    }

    @Test
    void whatExpiredGrantsAHoldHasIsChargedFirst() {
        posting.settle(usage(TestUsage.of(BUYER).cost(20).from(HOLD, 20).served(ANN, 20)));
        assertThat(books.heldUnbacked(new AccountId(1)))
                .as("180 held, 10 of it backed")
                .isEqualTo(new Credits(170));
        posting.settle(usage(TestUsage.of(BUYER).cost(20).from(HOLD, 20).served(ANN, 20)));
        assertThat(books.heldUnbacked(new AccountId(1))).isEqualTo(new Credits(160));
        assertThat(books.unspread(new AccountId(1)))
                .as("40 less the 30 that were of no lot")
                .isEqualTo(new Credits(10));
    }

    @Test
    void requestsOfOneBatchTakeFromTheSameHoldOneAfterTheOther() {
        posting.settle(usage(TestUsage.of(BUYER).cost(70).from(HOLD, 70).served(ANN, 70)));
        posting.settle(usage(TestUsage.of(BUYER).cost(70).from(HOLD, 70).served(ANN, 70)));
        posting.net();
        assertThat(posted(1)).isEqualTo(900);
        assertThat(posting.loss()).isEqualTo(new Credits(40));
        assertThat(posted(4)).isEqualTo(40);
        assertThat(posted(5)).isEqualTo(2 * 66);
        assertThat(posted(3)).isEqualTo(2 * 4);
        assertThat(posted(2)).isZero();
    }

    @Test
    void whatComesOfSeveralPartitionsIsGatheredTogether() {
        posting.settle(usage(TestUsage.of(BUYER).cost(20).from(HOLD, 20).served(ANN, 20)));
        posting.settle(Usage.of(
                TestUsage.of(BUYER).cost(40).from(HOLD, 40).served(ANN, 40).closed(), PARTITION + 1, 0));
        posting.net();
        assertThat(LockedBooks.rows(books))
                .containsExactly(
                        "1 2 20 proxy_usage null",
                        "1 2 40 proxy_usage null",
                        "2 3 3 proxy_revenue null",
                        "2 5 57 proxy_accrual null");
    }

    @Test
    void severalHoldsPayOneRequest() {
        posting.settle(usage(TestUsage.of(BUYER)
                .cost(120)
                .from(HOLD, 90)
                .from(OTHER_HOLD, 30)
                .served(ANN, 120)));
        assertThat(posting.settled().getFirst().charges()).containsExactly(new Credits(90), new Credits(30));
        assertThat(posted(1)).isEqualTo(880);
        assertThat(posting.changedHolds()).hasSize(2);
    }

    @Test
    void whatNoHoldPaysThePlatformBears() {
        posting.settle(usage(TestUsage.of(BUYER)
                .cost(60)
                .from(new UUID(9, 9), 60)
                .served(ANN, 50)
                .attempt(null, 0, 10)));
        posting.net();
        assertThat(posted(1)).isEqualTo(1_000);
        assertThat(posting.changedHolds()).isEmpty();
        assertThat(LockedBooks.rows(books))
                .containsExactly("4 2 60 proxy_loss null", "2 3 13 proxy_revenue null", "2 5 47 proxy_accrual null");
    }

    @Test
    void nobodyPaysFromAnothersHold() {
        holds.put(OTHER_HOLD, hold(OTHER_HOLD, 5, 0));
        var usage = usage(
                TestUsage.of(BUYER).cost(60).from(HOLD, 60).from(OTHER_HOLD, 60).served(ANN, 60));
        assertThatThrownBy(() -> posting.settle(usage))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageContaining("another user's hold");
    }

    @Test
    void anOwnersPartsOfOneRequestAreOnePartAndAPlatformKeyHasNone() {
        var usage = usage(TestUsage.of(BUYER)
                .served(ANN, 100)
                .attempt(null, 0, 40)
                .served(ANN, 20)
                .served(BOB, 0)
                .served(BOB, 60));
        assertThat(Posting.partsByOwner(usage))
                .containsExactly(Map.entry(ANN, new Credits(114)), Map.entry(BOB, new Credits(57)));
    }

    @Test
    void aCorrectionIsPaidByThePlatformAndRefersToItsRequest() {
        var usage = usage(TestUsage.of(BUYER).served(ANN, 100));
        posting.correct(usage, Map.of(ANN, new Credits(7)));
        assertThat(LockedBooks.rows(books)).containsExactly("4 5 7 proxy_correction " + usage.request());
    }

    @Test
    void whatWasNotOpenedOrReadIsAFault() {
        var code = AccountCode.user(ANN);
        assertThatThrownBy(() -> Posting.account(accounts, code))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(code.text());
        assertThatThrownBy(() -> posting.before(ANN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was not read");
    }

    private void account(long id, AccountCode code) {
        accounts.put(code, new AccountId(id));
    }

    private static Hold hold(UUID id, long account, long backed) {
        var opened = Hold.opened(id, new AccountId(account), "proxy", "http://127.0.0.1/", new Credits(100));
        return new Hold(
                id,
                opened.account(),
                opened.instance(),
                opened.recallUrl(),
                opened.amount(),
                Credits.ZERO,
                Credits.ZERO,
                Credits.ZERO,
                Credits.ZERO,
                0,
                false,
                Hold.Status.ACTIVE,
                null,
                new Credits(backed));
    }

    private static Usage usage(TestUsage usage) {
        return Usage.of(usage.closed(), PARTITION, 0);
    }

    private long posted(long account) {
        return books.posted(new AccountId(account)).micro();
    }

    private long held(long account) {
        return books.held(new AccountId(account)).micro();
    }
}
