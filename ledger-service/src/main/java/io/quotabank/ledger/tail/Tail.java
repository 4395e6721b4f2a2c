package io.quotabank.ledger.tail;

import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.batch.LongStatements;
import io.quotabank.ledger.lock.Lock;
import io.quotabank.ledger.tail.Window.Snapshot;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads committed rows in windows: each row is in exactly one, and no window changes once its cut was made.
 *
 * <p>A cut is a snapshot of the database, and not a bound on transaction numbers: a transaction may have got its number
 * before another and yet have posted to the same account after it, as it waited for the account's lock. By numbers its
 * entry would come first. By snapshots it can't: it had the lock only after the other had committed, so that whatever
 * snapshot has it has the other, too. An entry's window is therefore never before that of an earlier entry of its
 * account; within a window the reader sorts.
 */
@Service
public class Tail {

    private static final String ALONE = Lock.CUTS.tryToTake();

    private static final String NEWEST = "SELECT max(number) FROM transfer_cut";

    private static final String CUTS = """
            SELECT number, before, running, made_at FROM transfer_cut WHERE number BETWEEN ? - 1 AND ? ORDER BY number
            """;

    // The statement's snapshot is the one that it keeps, and nothing is a cut that has nothing new.
    private static final String CUT = """
            INSERT INTO transfer_cut (number, before, running)
            SELECT ?, pg_snapshot_xmax(now.taken)::text::bigint,
                   ARRAY(SELECT id::text::bigint FROM pg_snapshot_xip(now.taken) AS id)
            FROM (SELECT pg_current_snapshot() AS taken) AS now
            WHERE EXISTS (SELECT FROM transfer WHERE xact >= ? OR xact = ANY (?))
            """;

    private static final String NEXT_NUMBER = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

    // Few of many rows are wanted, in pages that BRIN knows; statistics know nothing of rows that have just come. A
    // parallel
    // worker takes longer to begin than to read its part, and takes a processor from those who are waited for.
    private static final String BY_INDEX = """
            SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true),
                   set_config('max_parallel_workers_per_gather', '0', true)
            """;

    private static final String AS_BEFORE =
            "SELECT set_config('enable_seqscan', 'on', true), set_config('plan_cache_mode', 'auto', true)";

    private static final int FETCHED = 2_000;

    private record Cut(long number, Snapshot snapshot, Instant madeAt) {}

    private final JdbcTemplate jdbc;

    Tail(DataSource database) {
        jdbc = new JdbcTemplate(database);
        jdbc.setFetchSize(FETCHED);
    }

    /** The number of the newest cut; the first is 0. */
    public long newest() {
        var newest = jdbc.queryForObject(NEWEST, Long.class);
        return newest == null ? 0 : newest;
    }

    /** The window that ends with a cut; empty where there is no such cut yet. */
    public Optional<Window> window(long number) {
        var cuts = jdbc.query(CUTS, (row, index) -> cut(row), number, number);
        if (cuts.isEmpty() || cuts.getLast().number() != number) {
            return Optional.empty();
        }
        var end = cuts.getLast();
        return Optional.of(new Window(number, end.madeAt(), end.snapshot(), begin(cuts, number)));
    }

    private static @Nullable Snapshot begin(List<Cut> cuts, long number) {
        if (number == 0) {
            return null;
        }
        if (cuts.size() < 2) {
            throw new IllegalStateException("cut " + (number - 1) + " is gone");
        }
        return cuts.getFirst().snapshot();
    }

    /**
     * Reads a window's rows as they come, in the caller's transaction, and gives them some thousand at a time, so that
     * what belongs to them can be looked up for many at once.
     *
     * @param sql with {@code %s} where the window's condition belongs, and no parameters of its own
     * @param atMost how long the database may take until the first row
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public <T> void read(Window window, String sql, Duration atMost, RowMapper<T> row, Consumer<List<T>> some) {
        var rows = new ArrayList<T>(FETCHED);
        read(window, sql, atMost, each -> {
            rows.add(row.mapRow(each, rows.size()));
            if (rows.size() == FETCHED) {
                some.accept(rows);
                rows.clear();
            }
        });
        if (!rows.isEmpty()) {
            some.accept(rows);
        }
    }

    private void read(Window window, String sql, Duration atMost, RowCallbackHandler each) {
        byIndex();
        LongStatements.allow(jdbc, atMost);
        jdbc.query(sql.formatted(window.condition()), window::set, each);
        jdbc.query(AS_BEFORE, row -> {});
    }

    /**
     * Makes a cut where something was committed since the last one.
     *
     * @throws IllegalStateException where the database counts transactions from a lower number than it did, as after a
     *     move to another server: rows written since would never be read
     */
    @Transactional
    public boolean cut() {
        if (!Boolean.TRUE.equals(jdbc.queryForObject(ALONE, Boolean.class))) {
            return false;
        }
        long number = newest();
        var last = jdbc.query(CUTS, (row, index) -> cut(row), number, number).getLast();
        var next = jdbc.queryForObject(NEXT_NUMBER, Long.class);
        if (next == null || next < last.snapshot().before()) {
            throw new IllegalStateException("the database counts transactions anew, from " + next + " after "
                    + last.snapshot().before() + ": docs/seal.md tells what to do");
        }
        byIndex();
        return 1
                == jdbc.update(
                        CUT,
                        statement -> new Columns(statement)
                                .number(number + 1)
                                .number(last.snapshot().before())
                                .longs(last.snapshot().running(), Long::longValue));
    }

    private void byIndex() {
        jdbc.query(BY_INDEX, row -> {});
    }

    private static Cut cut(ResultSet row) throws SQLException {
        var snapshot =
                new Snapshot(row.getLong(2), List.of((Long[]) row.getArray(3).getArray()));
        return new Cut(row.getLong(1), snapshot, row.getTimestamp(4).toInstant());
    }
}
