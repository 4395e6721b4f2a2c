package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.batch.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Locks accounts' rows until the transaction ends, in an order in which nobody waits in a circle. */
@Component
class Locks {

    private static final String LOCK = """
            SELECT side = 'credit', tier, posted, held, debited, seq, id, lots, spread, backed, lapsed, next_expiry,
                   coalesce(next_expiry <= ?, false), pledged
            FROM account
            WHERE id = ANY(?) ORDER BY id FOR NO KEY UPDATE
            """;

    private static final String IN_ORDER = "SELECT id FROM account WHERE id = ANY(?) ORDER BY id FOR NO KEY UPDATE";

    private static final String WITHOUT_WAITING =
            "SELECT id FROM account WHERE id = ANY(?) FOR NO KEY UPDATE SKIP LOCKED";

    private static final String WAIT_A_MOMENT = "SELECT set_config('lock_timeout', '500ms', true)";

    private final JdbcTemplate jdbc;
    private final Clock clock;

    Locks(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** All at once, in order of their numbers; what their rows say. */
    Books lock(Collection<AccountId> accounts) {
        var ids = accounts.stream()
                .mapToLong(AccountId::value)
                .sorted()
                .distinct()
                .toArray();
        var books = new Books(ids);
        int[] index = {0};
        var now = clock.instant();
        jdbc.query(LOCK, statement -> new Columns(statement).instant(now).longs(ids), row -> {
            if (row.getLong(7) != ids[index[0]]) {
                throw new IllegalStateException("account " + ids[index[0]] + " has no row");
            }
            put(books, index[0]++, row);
        });
        if (index[0] != ids.length) {
            throw new IllegalStateException("locked " + index[0] + " of " + ids.length + " accounts");
        }
        return books;
    }

    /**
     * Locks first what many share, in order, and then, without waiting, people's accounts; those are left whose people's
     * accounts nobody else has locked.
     */
    <T> List<T> free(
            List<T> all,
            Function<? super T, ? extends Collection<AccountId>> people,
            Collection<AccountId> shared,
            Consumer<? super T> putOff) {
        if (!shared.isEmpty()) {
            jdbc.query(WAIT_A_MOMENT, row -> {});
            locked(IN_ORDER, shared.stream());
        }
        var ours = locked(WITHOUT_WAITING, all.stream().flatMap(each -> people.apply(each).stream()));
        var free = new ArrayList<T>(all.size());
        for (var each : all) {
            if (ours.containsAll(people.apply(each))) {
                free.add(each);
            } else {
                putOff.accept(each);
            }
        }
        return free;
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

    private Set<AccountId> locked(String sql, Stream<AccountId> accounts) {
        var ids = accounts.mapToLong(AccountId::value).distinct().toArray();
        var locked = new HashSet<AccountId>(ids.length * 2);
        jdbc.query(sql, statement -> new Columns(statement).longs(ids), row -> {
            locked.add(new AccountId(row.getLong(1)));
        });
        return locked;
    }
}
