package io.quotabank.ledger.tail;

import io.quotabank.ledger.batch.Columns;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was committed between two cuts: visible in the snapshot of this one, and not in that of the one before. Which rows
 * those are never changes.
 *
 * @param number of the cut at its end
 * @param madeAt when that was made, as exact as the database keeps it
 */
public record Window(
        long number, Instant madeAt, Snapshot end, @Nullable Snapshot begin) {

    /** All below {@code before} that were not running. */
    record Snapshot(long before, List<Long> running) {
        Snapshot {
            running = List.copyOf(running);
        }
    }

    // Two conditions that BRIN can answer, for a transaction of long ago that has just ended.
    private static final String COMMITTED = "(x.xact >= ? AND x.xact < ? OR x.xact = ANY (?)) AND x.xact <> ALL (?)";

    private static final String WITHOUT_NUMBER = "x.xact IS NULL";

    /** A condition on the rows {@code x} of a table with a column {@code xact}. */
    public String condition() {
        return begin == null ? WITHOUT_NUMBER : COMMITTED;
    }

    /** Sets the parameters of {@link #condition}, the statement's only ones. */
    public void set(PreparedStatement statement) throws SQLException {
        if (begin != null) {
            new Columns(statement)
                    .number(begin.before())
                    .number(end.before())
                    .longs(begin.running(), Long::longValue)
                    .longs(end.running(), Long::longValue);
        }
    }
}
