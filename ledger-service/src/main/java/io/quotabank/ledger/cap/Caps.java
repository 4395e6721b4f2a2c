package io.quotabank.ledger.cap;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.cap.LedgerCaps.Spent;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of caps. They change only under the lock of their account's row, which the caller has, so they need no lock of
 * their own, and nobody can wait in a circle for them.
 */
@Service
public class Caps {

    /**
     * What became of a hold under a cap.
     *
     * @param freed no longer held: charged or given back
     * @param charged the part of it that was charged
     */
    public record Move(CapDay day, Credits freed, Credits charged) {

        Move plus(Move other) {
            return new Move(day, freed.plus(other.freed), charged.plus(other.charged));
        }
    }

    /** Limits as somebody told them, and the account that this one leases for, whose row is locked. */
    public record Told(SpendingCap cap, AccountId account) {}

    private static final String TELL = """
            INSERT INTO cap AS c (id, account, version, total, daily, monthly)
            SELECT * FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, total = excluded.total, daily = excluded.daily,
                monthly = excluded.monthly
            WHERE c.version < excluded.version AND c.account = excluded.account
            """;

    private static final String READ = """
            SELECT x.place, c.account, CASE x.span WHEN 'total' THEN c.total WHEN 'day' THEN c.daily ELSE c.monthly END,
                   coalesce(w.held, 0), coalesce(w.spent, 0)
            FROM unnest(?::uuid[], ?::text[], ?::date[]) WITH ORDINALITY AS x (cap, span, begins, place)
            JOIN cap c ON c.id = x.cap
            LEFT JOIN cap_window w ON w.cap = c.id AND w.span = x.span AND w.begins = x.begins
            ORDER BY x.place
            """;

    private static final String HOLD = """
            INSERT INTO cap_window AS w (cap, span, begins, held, granted_under)
            SELECT * FROM unnest(?::uuid[], ?::text[], ?::date[], ?::bigint[], ?::bigint[])
            ON CONFLICT (cap, span, begins) DO UPDATE SET held = excluded.held, granted_under = excluded.granted_under
            """;

    private static final String MOVE = """
            UPDATE cap_window w SET held = w.held - x.freed, spent = w.spent + x.charged
            FROM unnest(?::uuid[], ?::text[], ?::date[], ?::bigint[], ?::bigint[]) AS x (cap, span, begins, freed, charged)
            WHERE w.cap = x.cap AND w.span = x.span AND w.begins = x.begins
            """;

    private static final String SPENT = """
            SELECT cap, coalesce(sum(spent) FILTER (WHERE span = 'total'), 0)::bigint,
                   coalesce(sum(spent) FILTER (WHERE span = 'day'), 0)::bigint,
                   coalesce(sum(spent) FILTER (WHERE span = 'month'), 0)::bigint,
                   coalesce(sum(held) FILTER (WHERE span = 'total'), 0)::bigint
            FROM cap_window
            WHERE cap = ANY(?) AND (span, begins) IN (('total', DATE '1970-01-01'), ('day', ?), ('month', ?))
            GROUP BY cap
            """;

    private final JdbcTemplate jdbc;

    Caps(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Takes over limits that are newer than those known, and gives the caps as they stand then, by access key: one statement
     * for all and another, none where there are none.
     *
     * @throws IllegalArgumentException where an access key is another person's
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Map<UUID, Cap> told(Collection<Told> all, LocalDate day) {
        if (all.isEmpty()) {
            return Map.of();
        }
        // In one order: a row that an insert finds is locked, even another person's.
        var newest = new TreeMap<UUID, Told>();
        for (var told : all) {
            newest.merge(told.cap().accessKeyId(), told, Caps::newer);
        }
        var caps = List.copyOf(newest.values());
        jdbc.update(
                TELL,
                statement -> new Columns(statement)
                        .uuids(caps, told -> told.cap().accessKeyId())
                        .longs(caps, told -> told.account().value())
                        .longs(caps, told -> told.cap().version())
                        .numbers(caps, told -> micro(told.cap().total()))
                        .numbers(caps, told -> micro(told.cap().daily()))
                        .numbers(caps, told -> micro(told.cap().monthly())));
        return read(caps, day);
    }

    /** Writes what caps hold after {@linkplain Cap#hold holding} more than when they were {@linkplain #told read}. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void hold(Collection<Cap> caps) {
        if (caps.isEmpty()) {
            return;
        }
        var windows = caps.stream().flatMap(cap -> cap.windows().stream()).toList();
        int rows = jdbc.update(HOLD, statement -> {
            var columns = ids(statement, windows.stream().map(Window::id).toList());
            columns.longs(windows, window -> window.held().micro());
            columns.numbers(windows, window -> micro(window.limit()));
        });
        compare(windows.size(), rows);
    }

    /** Writes what became of holds: one statement for all, none where no hold has a cap. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void move(Collection<Move> moves) {
        if (moves.isEmpty()) {
            return;
        }
        var byWindow = new HashMap<Window.Id, Move>();
        for (var move : moves) {
            for (var window : move.day().windows()) {
                byWindow.merge(window, move, Move::plus);
            }
        }
        var windows = List.copyOf(byWindow.entrySet());
        int rows = jdbc.update(MOVE, statement -> {
            var columns = ids(statement, windows.stream().map(Map.Entry::getKey).toList());
            columns.longs(windows, window -> window.getValue().freed().micro());
            columns.longs(windows, window -> window.getValue().charged().micro());
        });
        compare(windows.size(), rows);
    }

    List<Spent> spent(Collection<UUID> accessKeys, LocalDate day) {
        return jdbc.query(
                SPENT,
                statement -> {
                    new Columns(statement).uuids(accessKeys, id -> id);
                    statement.setObject(2, day);
                    statement.setObject(3, day.withDayOfMonth(1));
                },
                (row, index) -> new Spent(
                        row.getObject(1, UUID.class),
                        new Credits(row.getLong(2)),
                        new Credits(row.getLong(3)),
                        new Credits(row.getLong(4)),
                        new Credits(row.getLong(5))));
    }

    // Of two that tell the same access key and differ in its person, one is wrong.
    private static Told newer(Told one, Told other) {
        if (!one.account().equals(other.account())) {
            throw anothers();
        }
        return other.cap().version() > one.cap().version() ? other : one;
    }

    private Map<UUID, Cap> read(List<Told> caps, LocalDate day) {
        var days = caps.stream()
                .map(told -> new CapDay(told.cap().accessKeyId(), day))
                .toList();
        var wanted = days.stream().flatMap(each -> each.windows().stream()).toList();
        var accounts = caps.stream().collect(Collectors.toMap(told -> told.cap().accessKeyId(), Told::account));
        var found = new ArrayList<Window>(wanted.size());
        jdbc.query(READ, statement -> ids(statement, wanted), row -> {
            var id = wanted.get(row.getInt(1) - 1);
            if (!new AccountId(row.getLong(2)).equals(accounts.get(id.cap()))) {
                throw anothers();
            }
            found.add(window(id, row));
        });
        compare(wanted.size(), found.size());
        var windows = found.stream()
                .collect(Collectors.groupingBy(window -> window.id().cap()));
        return days.stream()
                .collect(Collectors.toMap(
                        CapDay::cap, each -> new Cap(each, windows.getOrDefault(each.cap(), List.of()))));
    }

    private static IllegalArgumentException anothers() {
        return new IllegalArgumentException("the access key is another person's");
    }

    private static Window window(Window.Id id, ResultSet row) throws SQLException {
        var limit = row.getObject(3, Long.class);
        return new Window(
                id,
                limit == null ? null : new Credits(limit),
                new Credits(row.getLong(4)),
                new Credits(row.getLong(5)));
    }

    private static Columns ids(PreparedStatement statement, List<Window.Id> windows) throws SQLException {
        return new Columns(statement)
                .uuids(windows, Window.Id::cap)
                .texts(windows, window -> window.span().wire())
                .dates(windows, Window.Id::begins);
    }

    private static @Nullable Long micro(@Nullable Credits limit) {
        return limit == null ? null : limit.micro();
    }

    private static void compare(int expected, int found) {
        if (expected != found) {
            throw new BrokenRuleException("found " + found + " of " + expected + " windows of caps");
        }
    }
}
