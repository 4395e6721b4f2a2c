package io.quotabank.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BooksProperties {

    private static final int ACCOUNTS = 5;
    private static final UUID ID = new UUID(1, 2);

    record Move(int debit, int credit, long amount) {}

    @Provide
    Arbitrary<List<Move>> moves() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, ACCOUNTS - 1),
                        Arbitraries.integers().between(0, ACCOUNTS - 1),
                        Arbitraries.longs().between(1, 400))
                .as(Move::new)
                .filter(move -> move.debit() != move.credit())
                .list()
                .ofMaxSize(60);
    }

    @Property
    void everyRowTellsBothBalancesAndTheSumStaysZero(@ForAll("moves") List<Move> moves) {
        var books = books();
        // The model: balances on the credit side, so that a contra account counts below zero.
        long[] model = {-1_000, 400, 300, 300, 0};
        int[] entries = new int[ACCOUNTS];
        var posted = new ArrayList<Move>();
        for (var move : moves) {
            model[move.debit()] -= move.amount();
            model[move.credit()] += move.amount();
            if (allowed(model)) {
                books.transfer(
                        ID, id(move.debit()), id(move.credit()), new Credits(move.amount()), TransferType.BONUS, null);
                posted.add(move);
                var row = books.rows().getLast();
                assertThat(row.debitAfter()).isEqualTo(Math.abs(model[move.debit()]));
                assertThat(row.creditAfter()).isEqualTo(Math.abs(model[move.credit()]));
                assertThat(row.debitSeq()).isEqualTo(++entries[move.debit()]);
                assertThat(row.creditSeq()).isEqualTo(++entries[move.credit()]);
            } else {
                model[move.debit()] += move.amount();
                model[move.credit()] -= move.amount();
                assertThatThrownBy(() -> books.transfer(
                                ID,
                                id(move.debit()),
                                id(move.credit()),
                                new Credits(move.amount()),
                                TransferType.BONUS,
                                null))
                        .isInstanceOf(BrokenRuleException.class);
            }
        }
        assertThat(books.rows()).hasSameSizeAs(posted);
        for (int i = 0; i < ACCOUNTS; i++) {
            assertThat(books.posted(id(i)).micro()).isEqualTo(Math.abs(model[i]));
        }
        assertThat(Arrays.stream(model).sum()).isZero();
    }

    @Example
    void whatIsHeldCanNotLeaveExceptBySettling() {
        var books = books();
        books.hold(id(1), new Credits(300));

        assertThatThrownBy(() -> books.transfer(ID, id(1), id(2), new Credits(101), TransferType.BONUS, null))
                .isInstanceOf(BrokenRuleException.class);
        assertThatThrownBy(() -> books.hold(id(1), new Credits(101))).isInstanceOf(BrokenRuleException.class);

        books.settle(ID, id(1), id(2), new Credits(300), TransferType.PROXY_USAGE);
        assertThat(books.held(id(1))).isEqualTo(Credits.ZERO);
        assertThat(books.available(id(1))).isEqualTo(new Credits(100));
        assertThatThrownBy(() -> books.settle(ID, id(1), id(2), new Credits(1), TransferType.PROXY_USAGE))
                .isInstanceOf(BrokenRuleException.class);
    }

    @Example
    void anAccountThatIsNotLockedCanNotBeTouched() {
        assertThatThrownBy(
                        () -> books().transfer(ID, id(0), new AccountId(77), new Credits(1), TransferType.BONUS, null))
                .isInstanceOf(BrokenRuleException.class);
    }

    @Example
    void aRefusedMoveChangesNothingAndSaysWhatWouldBe() {
        var books = books();
        books.hold(id(1), new Credits(300));
        assertThatThrownBy(() -> books.transfer(ID, id(1), id(2), new Credits(101), TransferType.CONSUME, null))
                .hasMessage("account 11 would have 299 with 300 held");
        assertThatThrownBy(() -> books.hold(id(1), new Credits(101)))
                .hasMessage("account 11 would have 400 with 401 held");
        assertThatThrownBy(() -> books.release(id(1), new Credits(301)))
                .hasMessage("account 11 would have 400 with -1 held");
        assertThat(books.unspread(id(1))).isEqualTo(Credits.ZERO);
        assertThat(books.held(id(1))).isEqualTo(new Credits(300));
        assertThat(books.rows()).isEmpty();
    }

    @Example
    void aTransferMovesSomethingBetweenTwoAccounts() {
        assertThatThrownBy(() -> books().transfer(ID, id(1), id(1), new Credits(1), TransferType.CONSUME, null))
                .isInstanceOf(BrokenRuleException.class);
        assertThatThrownBy(() -> books().transfer(ID, id(1), id(2), Credits.ZERO, TransferType.CONSUME, null))
                .isInstanceOf(BrokenRuleException.class);
    }

    @Example
    void whatChangedIsToldInColumnsAndAfterItIsWrittenTheNextGoesOnFromThere() {
        var books = books();
        books.hold(id(3), new Credits(5));
        books.transfer(ID, id(1), id(2), new Credits(7), TransferType.CONSUME, ID);
        assertThat(books.changes()).containsExactly(1, 2, 3);
        int[] at = {1, 2, 3};
        assertThat(books.columns(at).get(0)).containsExactly(11, 12, 13);
        assertThat(books.columns(at).get(1)).containsExactly(393, 307, 300);
        assertThat(books.columns(at).get(2)).containsExactly(0, 0, 5);
        assertThat(books.columns(at).get(3)).containsExactly(7, 0, 0);
        assertThat(books.columns(at).get(4)).containsExactly(1, 1, 0);
        assertThat(books.columns(at).get(5)).containsExactly(0, 0, 0);
        assertThat(books.tier(id(1))).isEqualTo("bronze");

        books.written();
        assertThat(books.rows()).isEmpty();
        assertThat(books.changes()).isEmpty();
        books.transfer(ID, id(1), id(2), new Credits(7), TransferType.CONSUME, ID);
        assertThat(books.changes()).containsExactly(1, 2);
        assertThat(books.columns(at).get(5)).containsExactly(1, 1, 0);
        assertThat(books.columns(at).get(4)).containsExactly(2, 2, 0);
    }

    @Example
    void whoWritesInOneWordWritesAsTheDatabaseKnowsIt() {
        assertThat(TransferType.PROXY_USAGE.wire()).isEqualTo("proxy_usage");
        assertThat(TransferType.PROXY_USAGE.spends()).isTrue();
        assertThat(TransferType.EXPIRY.spends()).isFalse();
    }

    /** Account 0 is a contra account. */
    private static Books books() {
        var books = new Books(new long[] {10, 11, 12, 13, 14});
        long[] posted = {1_000, 400, 300, 300, 0};
        for (int i = 0; i < ACCOUNTS; i++) {
            books.put(i, i != 0, "bronze", posted[i], 0, 0, 0);
        }
        return books;
    }

    private static boolean allowed(long[] model) {
        for (int i = 0; i < ACCOUNTS; i++) {
            if (i == 0 ? model[i] > 0 : model[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private static AccountId id(int index) {
        return new AccountId(10 + index);
    }
}
