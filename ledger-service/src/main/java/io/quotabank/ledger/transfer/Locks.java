package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.batch.RoundTrip;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Locks accounts' rows until the transaction ends, in an order in which nobody waits in a circle. */
@Component
class Locks {

    private static final String ROWS = """
            SELECT side = 'credit', tier, posted, held, debited, seq, id, lots, spread, backed, lapsed, next_expiry,
                   coalesce(next_expiry <= ?, false), pledged
            FROM account
            WHERE id = ANY(?)""";

    private static final String IN_ORDER = ROWS + " ORDER BY id FOR NO KEY UPDATE";
    private static final String WITHOUT_WAITING = ROWS + " FOR NO KEY UPDATE SKIP LOCKED";

    private static final String WAIT_A_MOMENT = "SELECT set_config('lock_timeout', '500ms', true)";

    private static final long BYTES_OF_ROW = 160;

    private final JdbcTemplate jdbc;
    private final Clock clock;

    Locks(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * All at once, in order of their numbers; what their rows say.
     *
     * @param reads what is read in the same round trip, when they are locked
     */
    Books lock(Collection<AccountId> accounts, Consumer<RoundTrip> reads) {
        var ids = ids(accounts.stream());
        var books = new Books(ids);
        var trip = new RoundTrip();
        read(trip, books, IN_ORDER, ids);
        reads.accept(trip);
        trip.run(jdbc);
        mustBeLocked(books, ids);
        return books;
    }

    /**
     * Locks first what many share, in order, and then, without waiting, people's accounts; those are left whose people's
     * accounts nobody else has locked.
     */
    <T> Transfers.Free<T> free(
            List<T> all,
            Function<? super T, ? extends Collection<AccountId>> people,
            Collection<AccountId> shared,
            Consumer<? super T> putOff,
            Consumer<RoundTrip> reads) {
        var sharedIds = ids(shared.stream());
        var personIds = ids(all.stream().flatMap(each -> people.apply(each).stream()));
        var books = new Books(LongStream.concat(Arrays.stream(sharedIds), Arrays.stream(personIds))
                .sorted()
                .distinct()
                .toArray());
        var trip = new RoundTrip();
        if (sharedIds.length > 0) {
            trip.query(WAIT_A_MOMENT, BYTES_OF_ROW, columns -> {}, row -> {});
            read(trip, books, IN_ORDER, sharedIds);
        }
        read(trip, books, WITHOUT_WAITING, personIds);
        reads.accept(trip);
        trip.run(jdbc);
        mustBeLocked(books, sharedIds);
        var free = new ArrayList<T>(all.size());
        for (var each : all) {
            if (people.apply(each).stream().allMatch(books::isLocked)) {
                free.add(each);
            } else {
                putOff.accept(each);
            }
        }
        return new Transfers.Free<>(free, books);
    }

    private void read(RoundTrip trip, Books books, String sql, long[] ids) {
        if (ids.length > 0) {
            var now = clock.instant();
            trip.query(
                    sql,
                    ids.length * BYTES_OF_ROW,
                    columns -> columns.instant(now).longs(ids),
                    row -> put(books, books.at(row.getLong(7)), row));
        }
    }

    private static void mustBeLocked(Books books, long[] ids) {
        for (long id : ids) {
            if (!books.isLocked(new AccountId(id))) {
                throw new IllegalStateException("account " + id + " has no row");
            }
        }
    }

    private static long[] ids(Stream<AccountId> accounts) {
        return accounts.mapToLong(AccountId::value).sorted().distinct().toArray();
    }

    private static void put(Books books, int at, ResultSet row) throws SQLException {
        var nextExpiry = row.getTimestamp(12);
        books.lots()
                .put(
                        at,
                        row.getLong(8),
                        row.getLong(9),
                        row.getLong(10),
                        row.getLong(11),
                        nextExpiry == null ? null : nextExpiry.toInstant(),
                        row.getBoolean(13));
        books.pledges().put(at, row.getLong(14), row.getLong(4));
        books.put(
                at,
                row.getBoolean(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6));
    }
}
