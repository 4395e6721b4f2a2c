package io.quotabank.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.grant.Grants;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who shares a transaction waits for no person, and for what many share a moment only. */
class SharedLocksIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Transfers TRANSFERS = LEDGER.bean(Transfers.class);

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final AccountId ann = LEDGER.bean(Grants.class).welcome(UUID.randomUUID());
    private final AccountId bob = LEDGER.bean(Grants.class).welcome(UUID.randomUUID());
    private final AccountId revenue = LEDGER.bean(Accounts.class).open(AccountCode.revenue(3));
    private final List<AccountId> putOff = new ArrayList<>();

    @Test
    void allAreDoneWhereNobodyElseIsAtWork() {
        var done = locked(List.of(revenue));

        assertThat(done.requests()).containsExactly(ann, bob);
        assertThat(putOff).isEmpty();
        assertThat(done.books().posted(bob)).isEqualTo(new Credits(People.SIGN_UP));
        assertThat(done.books().isLocked(revenue)).isTrue();
        assertThat(locked(List.of()).requests()).containsExactly(ann, bob);
    }

    @Test
    void whoeverIsLockedIsPutOffAndTheOthersAreDone() throws SQLException {
        whileLocked(ann, () -> {
            var done = locked(List.of(revenue));

            assertThat(done.requests()).containsExactly(bob);
            assertThat(done.books().isLocked(ann)).isFalse();
        });
        assertThat(putOff).containsExactly(ann);
    }

    @Test
    void whatManyShareIsWaitedForAMomentOnly() throws SQLException {
        whileLocked(
                revenue,
                () -> assertThatThrownBy(() -> locked(List.of(revenue)))
                        .rootCause()
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                timeout -> assertThat(timeout.getSQLState()).isEqualTo(LOCK_NOT_AVAILABLE)));
        assertThat(putOff).isEmpty();
    }

    @Test
    void theMomentIsOfItsTransactionAlone() {
        var within = TRANSFERS.once(() -> {
            TRANSFERS.lockFree(List.of(ann), List::of, List.of(revenue), putOff::add);
            return lockTimeout();
        });
        assertThat(within).isEqualTo("500ms");
        assertThat(TRANSFERS.once(SharedLocksIT::lockTimeout)).isNotEqualTo("500ms");
    }

    @Test
    void whoHasATransactionOfTheirOwnLocksAllAndLeavesOutNobody() {
        var done = TRANSFERS.inTransaction(() -> {
            assertThat(Transfers.isShared()).isFalse();
            var all = TRANSFERS.lockFree(List.of(ann, bob), List::of, List.of(revenue), putOff::add);
            assertThat(lockTimeout()).isNotEqualTo("500ms");
            return all;
        });
        assertThat(done.requests()).containsExactly(ann, bob);
        assertThat(done.books().accounts()).containsExactlyInAnyOrder(ann, bob, revenue);
    }

    @Test
    void whatIsReadAlongIsRead() {
        var seen = new ArrayList<Long>();
        TRANSFERS.once(() -> TRANSFERS.lockFree(
                List.of(ann),
                List::of,
                List.of(),
                putOff::add,
                reads -> reads.query("SELECT 7::bigint", 8, columns -> {}, row -> seen.add(row.getLong(1)))));
        assertThat(seen).containsExactly(7L);
    }

    @Test
    void aSharedAccountWithoutARowIsAFault() {
        assertThatThrownBy(() -> locked(List.of(new AccountId(Long.MAX_VALUE))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("account 9223372036854775807 has no row");
    }

    private static String lockTimeout() {
        return LEDGER.jdbc().queryForObject("SHOW lock_timeout", String.class);
    }

    private Transfers.Free<AccountId> locked(List<AccountId> shared) {
        return TRANSFERS.once(() -> TRANSFERS.lockFree(List.of(ann, bob), List::of, shared, putOff::add));
    }

    private static void whileLocked(AccountId account, Runnable work) throws SQLException {
        try (var other = LEDGER.database().connect(LEDGER.database().owner())) {
            other.setAutoCommit(false);
            other.createStatement().execute("SELECT FROM account WHERE id = " + account.value() + " FOR UPDATE");
            work.run();
            other.rollback();
        }
    }
}
