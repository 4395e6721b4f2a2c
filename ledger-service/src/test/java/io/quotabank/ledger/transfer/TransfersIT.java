package io.quotabank.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.grant.Grants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;

/** What is locked is what the rows say, and what is posted is what the books say; nothing of it stays. */
class TransfersIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Transfers TRANSFERS = LEDGER.bean(Transfers.class);

    private static final String WAITING = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%'
            """;

    private final UUID person = UUID.randomUUID();
    private final AccountId account = LEDGER.bean(Grants.class).welcome(person);
    private final AccountId revenue = LEDGER.bean(Accounts.class).open(AccountCode.revenue(3));

    @Test
    void whatIsLockedIsWhatTheRowsSay() {
        var lease = new People(LEDGER).lease(person, 1_000, 1_000);
        assertThat(lease.granted()).isEqualTo(new Credits(1_000));
        LEDGER.undone(() -> {
            var books = TRANSFERS.lock(List.of(revenue, account, revenue));
            assertThat(books.posted(account).micro()).isEqualTo(People.SIGN_UP);
            assertThat(books.held(account).micro()).isEqualTo(1_000);
            assertThat(books.available(account).micro()).isEqualTo(People.SIGN_UP - 1_000);
            assertThat(books.tier(account)).isEqualTo("bronze");
            assertThat(books.unspread(account)).isEqualTo(Credits.ZERO);
            int[] at = {account.value() < revenue.value() ? 0 : 1};
            assertThat(books.lots().columns(at).getFirst()).containsExactly(People.SIGN_UP);
            assertThat(books.lots().nextExpiry(at)[0]).isAfter(Instant.now().plus(Duration.ofDays(80)));
        });
    }

    @Test
    void anAccountWithoutARowIsAFault() {
        LEDGER.undone(() -> {
            assertThatThrownBy(() -> TRANSFERS.lock(List.of(account, new AccountId(Long.MAX_VALUE))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("account 9223372036854775807 has no row");
            assertThatThrownBy(() -> TRANSFERS.lock(List.of(account, new AccountId(0))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("account 0 has no row");
        });
    }

    @Test
    void whatIsReadWithTheLocksIsReadWhenTheyAreThere() throws Exception {
        var lease = new People(LEDGER).lease(person, 1_000, 1_000).leaseId();
        var seen = new ArrayList<Long>();
        try (var other = LEDGER.database().connect(LEDGER.database().owner());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            var statement = other.createStatement();
            statement.execute("SELECT FROM account WHERE id = " + account.value() + " FOR UPDATE");
            var locking = threads.submit(() -> TRANSFERS.inTransaction(() -> TRANSFERS.lock(
                    List.of(account),
                    reads -> reads.query(
                            "SELECT statement_seq FROM hold WHERE id = ANY(?)",
                            10,
                            columns -> columns.uuids(List.of(lease), id -> id),
                            row -> seen.add(row.getLong(1))))));
            await().until(() -> LEDGER.number(WAITING) == 1);
            statement.execute("UPDATE hold SET statement_seq = 7 WHERE id = '" + lease + "'");
            other.commit();
            locking.get();
        }
        assertThat(seen).containsExactly(7L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 19, 20, 40})
    void whatIsPostedIsWhatTheBooksSay(int transfers) {
        LEDGER.undone(() -> {
            long before = row("SELECT posted FROM account WHERE id = ?", revenue.value());
            var books = TRANSFERS.lock(List.of(account, revenue));
            var ids = IntStream.range(0, transfers)
                    .mapToObj(i -> TestUsage.IDS.next())
                    .toList();
            for (var id : ids) {
                books.transfer(id, account, revenue, new Credits(7), TransferType.CONSUME, person);
            }
            TRANSFERS.post(books);
            // And once more in the same transaction, with nothing left to write.
            TRANSFERS.post(books);

            long spent = 7L * transfers;
            assertThat(row("SELECT posted FROM account WHERE id = ?", account.value()))
                    .isEqualTo(People.SIGN_UP - spent);
            assertThat(row("SELECT debited FROM account WHERE id = ?", account.value()))
                    .isEqualTo(spent);
            assertThat(row("SELECT seq FROM account WHERE id = ?", account.value()))
                    .isEqualTo(1 + transfers);
            assertThat(row("SELECT posted FROM account WHERE id = ?", revenue.value()) - before)
                    .isEqualTo(spent);
            assertThat(LEDGER.jdbc().queryForMap("SELECT * FROM transfer WHERE id = ?", ids.getLast()))
                    .containsEntry("debit", account.value())
                    .containsEntry("credit", revenue.value())
                    .containsEntry("amount", 7L)
                    .containsEntry("debit_after", People.SIGN_UP - spent)
                    .containsEntry("credit_after", before + spent)
                    .containsEntry("debit_seq", 1L + transfers)
                    .containsEntry("reference", person)
                    .hasEntrySatisfying("type", type -> assertThat(type).hasToString("consume"));
            assertThat(row("SELECT count(*) FROM transfer WHERE reference = ?", person))
                    .isEqualTo(transfers);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void whatIsToldOfGrantsIsWrittenToo(int transfers) {
        var soon = Instant.parse("2040-01-01T00:00:00Z");
        LEDGER.undone(() -> {
            var books = TRANSFERS.lock(List.of(account, revenue));
            for (int i = 0; i < transfers; i++) {
                books.transfer(TestUsage.IDS.next(), account, revenue, new Credits(7), TransferType.CONSUME, null);
            }
            books.hold(account, new Credits(50));
            books.spread(account, new Credits(900), new Credits(30), soon);
            books.release(account, new Credits(10), new Credits(10));
            TRANSFERS.post(books);
            assertThat(LEDGER.jdbc().queryForMap("SELECT * FROM account WHERE id = ?", account.value()))
                    .containsEntry("lots", 900L)
                    .containsEntry("spread", 7L * transfers)
                    .containsEntry("backed", 20L)
                    .containsEntry("lapsed", 10L)
                    .containsEntry("held", 40L);
            assertThat(row("SELECT (next_expiry = 'epoch')::int FROM account WHERE id = ?", account.value()))
                    .isEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void whatIsPledgedIsWrittenToo(int transfers) {
        LEDGER.undone(() -> {
            var books = TRANSFERS.lock(List.of(account, revenue));
            assertThat(books.pledging()).isEmpty();
            for (int i = 0; i < transfers; i++) {
                books.transfer(TestUsage.IDS.next(), account, revenue, new Credits(7), TransferType.CONSUME, null);
            }
            books.hold(account, new Credits(50));
            books.pledge(account, new Credits(60));
            TRANSFERS.post(books);
            assertThat(row("SELECT pledged FROM account WHERE id = ?", account.value()))
                    .as("no more than is held")
                    .isEqualTo(50);

            var again = TRANSFERS.lock(List.of(account, revenue));
            assertThat(again.pledging()).containsExactly(account);
            assertThat(again.pledged(account)).isEqualTo(new Credits(50));
            again.release(account, new Credits(20));
            assertThat(again.back(account)).isEqualTo(new Credits(20));
            again.pledge(account, new Credits(30));
            TRANSFERS.post(again);
            assertThat(row("SELECT pledged FROM account WHERE id = ?", account.value()))
                    .isEqualTo(30);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void aRowThatChangedWithoutALockFailsThePosting(int transfers) {
        LEDGER.undone(() -> {
            var books = TRANSFERS.lock(List.of(account, revenue));
            for (int i = 0; i < transfers; i++) {
                books.transfer(TestUsage.IDS.next(), account, revenue, new Credits(7), TransferType.CONSUME, null);
            }
            LEDGER.jdbc().update("UPDATE account SET seq = seq + 1 WHERE id = ?", account.value());
            assertThatThrownBy(() -> TRANSFERS.post(books))
                    .isInstanceOf(BrokenRuleException.class)
                    .hasMessage("wrote 1 of 2 accounts");
        });
    }

    @Test
    void workThatTheDatabaseEndedIsDoneAgainFiveTimes() {
        var tries = new AtomicInteger();
        assertThat(TRANSFERS.<String>inTransaction(() -> {
                    if (tries.incrementAndGet() < 6) {
                        throw new CannotAcquireLockException("a deadlock");
                    }
                    return "done";
                }))
                .isEqualTo("done");
        tries.set(0);
        assertThatThrownBy(() -> TRANSFERS.inTransaction(() -> {
                    tries.incrementAndGet();
                    throw new CannotAcquireLockException("a deadlock");
                }))
                .isInstanceOf(CannotAcquireLockException.class);
        assertThat(tries).hasValue(6);
    }

    @Test
    void workThatFailsOtherwiseIsNotDoneAgain() {
        var tries = new AtomicInteger();
        assertThatThrownBy(() -> TRANSFERS.inTransaction(() -> {
                    tries.incrementAndGet();
                    throw new BrokenRuleException("no");
                }))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessage("no");
        assertThat(tries).hasValue(1);
    }

    @Test
    void workThatFindsExpiredCreditsIsDoneAgainWhenTheyAreBookedFiveTimes() {
        var tries = new AtomicInteger();
        assertThat(TRANSFERS.<String>inTransaction(() -> {
                    if (tries.incrementAndGet() < 6) {
                        throw new DueException(account);
                    }
                    return "done";
                }))
                .isEqualTo("done");
        tries.set(0);
        assertThatThrownBy(() -> TRANSFERS.inTransaction(() -> {
                    tries.incrementAndGet();
                    throw new DueException(account);
                }))
                .isInstanceOf(DueException.class);
        assertThat(tries).hasValue(6);
        tries.set(0);
        LEDGER.undone(() -> assertThatThrownBy(() -> TRANSFERS.inTransaction(() -> {
                    tries.incrementAndGet();
                    throw new DueException(account);
                }))
                .as("another's transaction can't be begun again")
                .isInstanceOf(DueException.class)
                .hasMessage("account " + account.value() + " has expired credits"));
        assertThat(tries).hasValue(1);
    }

    @Test
    void whatIsDueIsBookedBeforeTheWorkIsDoneAgain() {
        // Nothing of it has expired: to book that is to find when the next lot does.
        LEDGER.asOwner("UPDATE account SET next_expiry = now() - interval '1 second' WHERE id = " + account.value());
        assertThat(TRANSFERS.<Credits>inTransaction(
                        () -> TRANSFERS.lock(List.of(account)).available(account)))
                .isEqualTo(new Credits(People.SIGN_UP));
        assertThat(row("SELECT (next_expiry > now())::int FROM account WHERE id = ?", account.value()))
                .isEqualTo(1);
    }

    private static long row(String sql, Object... values) {
        return LEDGER.number(sql, values);
    }
}
