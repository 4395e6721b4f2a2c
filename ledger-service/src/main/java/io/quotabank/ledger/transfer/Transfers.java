package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.batch.Copy;
import io.quotabank.ledger.batch.RoundTrip;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Posts sets of transfers. Whoever changes a balance, or a hold on it, first locks the account's row here, all of them
 * at once in order of their numbers, or as {@link #lockFree} does for who shares a transaction: nothing changes between
 * reading and posting.
 */
@Service
public class Transfers {

    /**
     * What can be done now of what was asked for together.
     *
     * @param books of the accounts that these take, locked
     */
    public record Free<T>(List<T> requests, Books books) {}

    private static final String SHARED = "shared";

    private static final String TRANSFER =
            "transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type, reference)";

    // The sequence before is compared, so that a change without a lock is caught by the count of rows.
    private static final String FORM = """
            UPDATE account a SET posted = x.posted, held = x.held, debited = x.debited, seq = x.seq%s
            FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]%s)
              AS x (id, posted, held, debited, seq, seq_before%s)
            WHERE a.id = x.id AND a.seq = x.seq_before
            """;

    private static final String UPDATE = FORM.formatted("", "", "");

    // Few batches change anything in what is told of given credits, or of what is pledged.
    private static final String UPDATE_LOTS = FORM.formatted(
            ", lots = x.lots, spread = x.spread, backed = x.backed, lapsed = x.lapsed, next_expiry = x.next_expiry,"
                    + " pledged = x.pledged",
            ", ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::timestamptz[], ?::bigint[]",
            ", lots, spread, backed, lapsed, next_expiry, pledged");

    private static final String INSERT = "INSERT INTO " + TRANSFER + """
             SELECT id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type::transfer_type, reference
            FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                        ?::bigint[], ?::text[], ?::uuid[])
              AS x (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type, reference)
            """;

    // Fewer go with the rest, in one round trip.
    private static final int WORTH_A_COPY = 20;

    private static final int MOST_RETRIES = 5;
    private static final int MOST_EXPIRIES = 5;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final TransactionTemplate shared;
    private final Locks locks;
    private final ObjectProvider<Expiry> expiry;
    private final RetryTemplate retries = new RetryTemplate(RetryPolicy.builder()
            .maxRetries(MOST_RETRIES)
            .delay(Duration.ofMillis(5))
            .multiplier(2)
            .jitter(Duration.ofMillis(5))
            .includes(PessimisticLockingFailureException.class)
            .build());

    Transfers(JdbcTemplate jdbc, PlatformTransactionManager transactions, Locks locks, ObjectProvider<Expiry> expiry) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.shared = new TransactionTemplate(transactions);
        this.shared.setName(SHARED);
        this.locks = locks;
        this.expiry = expiry;
    }

    /**
     * Runs work in a transaction; again, from its start, where the database ended it to break a deadlock, and where it
     * wanted to reserve or spend on an account whose expired credits had to be booked first.
     */
    public <T> T inTransaction(Supplier<T> work) {
        for (int expiries = 1; ; expiries++) {
            try {
                return repeated(work);
            } catch (DueException due) {
                if (expiries > MOST_EXPIRIES || TransactionSynchronizationManager.isActualTransactionActive()) {
                    throw due;
                }
                expiry.getObject().book(due.account());
            }
        }
    }

    /**
     * Runs work of many in a transaction that waits for no person's account and only a moment for what many share, and never
     * again: work that can be done in another way, and leaves out what is not {@linkplain #lockFree free}.
     */
    public <T> T once(Supplier<T> work) {
        return shared.execute(status -> work.get());
    }

    /** Whether the transaction is one of {@link #once}. */
    public static boolean isShared() {
        return SHARED.equals(TransactionSynchronizationManager.getCurrentTransactionName());
    }

    /**
     * Locks what can be locked now: leaves out whose people's accounts somebody else has locked. Who shares a transaction
     * waits for no person's account, and so holds up no third meanwhile; what many share it waits for before it has locked
     * anybody. So it is in no circle. In a transaction of its own, which waits in the order of numbers, all can be done.
     *
     * @param people the accounts of people that each takes
     * @param shared the other accounts that they take, all together
     * @param putOff hears of those that are left out
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <T> Free<T> lockFree(
            List<T> all,
            Function<? super T, ? extends Collection<AccountId>> people,
            Collection<AccountId> shared,
            Consumer<? super T> putOff) {
        return lockFree(all, people, shared, putOff, reads -> {});
    }

    /**
     * The same, and reads what these locks keep from changing.
     *
     * @param reads adds statements that read, to be sent along: they begin when all is locked. What they find of accounts
     *     that are not locked may change
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <T> Free<T> lockFree(
            List<T> all,
            Function<? super T, ? extends Collection<AccountId>> people,
            Collection<AccountId> shared,
            Consumer<? super T> putOff,
            Consumer<RoundTrip> reads) {
        if (isShared()) {
            return locks.free(all, people, shared, putOff, reads);
        }
        var accounts = new ArrayList<>(shared);
        all.forEach(each -> accounts.addAll(people.apply(each)));
        return new Free<>(all, locks.lock(accounts, reads));
    }

    /** Locks accounts until the transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Books lock(Collection<AccountId> accounts) {
        return lock(accounts, reads -> {});
    }

    /**
     * The same, and reads what these locks keep from changing.
     *
     * @param reads adds statements that read, to be sent along: they begin when all is locked
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Books lock(Collection<AccountId> accounts, Consumer<RoundTrip> reads) {
        return locks.lock(accounts, reads);
    }

    /** Writes what was done to the books. The transaction must end in failure when this throws. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void post(Books books) {
        var writes = new RoundTrip();
        post(books, writes);
        writes.run(jdbc);
    }

    /** The same, written when the caller sends what else there is to be written. That is to be done in any case. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void post(Books books, RoundTrip writes) {
        var at = books.changes();
        if (at.length == 0) {
            return;
        }
        if (books.pledges().anyBack()) {
            throw new BrokenRuleException("what is pledged came back and paid no debt");
        }
        transfers(List.copyOf(books.rows()), writes);
        boolean lotsToo = books.lots().changed() || books.pledges().changed();
        writes.update(
                lotsToo ? UPDATE_LOTS : UPDATE,
                accounts(books, at, lotsToo),
                written -> compare("accounts", at.length, written));
        books.written();
    }

    private <T> T repeated(Supplier<T> work) {
        try {
            return retries.execute(() -> transaction.execute(status -> work.get()));
        } catch (RetryException exhausted) {
            if (exhausted.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("work threw what it can't", exhausted);
        }
    }

    private void transfers(List<Row> rows, RoundTrip writes) {
        if (rows.size() >= WORTH_A_COPY) {
            compare("transfers", rows.size(), Copy.write(jdbc, TRANSFER, rows, Transfers::row));
        } else if (!rows.isEmpty()) {
            writes.update(
                    INSERT, columns -> transfers(columns, rows), written -> compare("transfers", rows.size(), written));
        }
    }

    /** As they are now: the books may change before it is written. */
    private static RoundTrip.Parameters accounts(Books books, int[] at, boolean lotsToo) {
        var numbers = books.columns(at);
        if (!lotsToo) {
            return columns -> longs(columns, numbers);
        }
        var lots = books.lots().columns(at);
        var expiries = Arrays.asList(books.lots().nextExpiry(at));
        var pledged = books.pledges().pledged(at);
        return columns -> {
            longs(columns, numbers);
            longs(columns, lots);
            columns.instants(expiries, instant -> instant).longs(pledged);
        };
    }

    private static void longs(Columns columns, List<long[]> all) throws SQLException {
        for (var column : all) {
            columns.longs(column);
        }
    }

    private static void row(Row transfer, Copy row) {
        row.uuid(transfer.id())
                .bigint(transfer.debit().value())
                .bigint(transfer.credit().value())
                .bigint(transfer.amount())
                .bigint(transfer.debitAfter())
                .bigint(transfer.creditAfter())
                .bigint(transfer.debitSeq())
                .bigint(transfer.creditSeq())
                .text(transfer.type().wire())
                .uuid(transfer.reference());
    }

    private static void transfers(Columns columns, List<Row> rows) throws SQLException {
        columns.uuids(rows, Row::id)
                .longs(rows, row -> row.debit().value())
                .longs(rows, row -> row.credit().value())
                .longs(rows, Row::amount)
                .longs(rows, Row::debitAfter)
                .longs(rows, Row::creditAfter)
                .longs(rows, Row::debitSeq)
                .longs(rows, Row::creditSeq)
                .texts(rows, row -> row.type().wire())
                .uuids(rows, Row::reference);
    }

    private static void compare(String what, long expected, long written) {
        if (expected != written) {
            throw new BrokenRuleException("wrote " + written + " of " + expected + " " + what);
        }
    }
}
