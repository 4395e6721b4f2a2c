package io.quotabank.ledger.batch;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Statements that go to the database together, as PostgreSQL's driver sends those between semicolons: each is a statement of
 * its own, begins when the one before it has ended, and sees what others have committed until then. Where processors are busy
 * it is the messages to and fro that take time, all the longer as locks are held meanwhile.
 *
 * <p>The driver writes all of a trip before it reads. Where more is to come back than what two sockets keep for each other,
 * what follows is therefore a trip of its own: while the database waits for somebody who reads, it would not read itself.
 */
public final class RoundTrip {

    /** Sets the parameters of one of the statements. */
    @FunctionalInterface
    public interface Parameters {
        void set(Columns columns) throws SQLException;
    }

    @FunctionalInterface
    private interface Result {
        void take(PreparedStatement statement) throws SQLException;
    }

    private record Part(String sql, Parameters parameters, Result result, long bytes) {}

    // What a socket of Linux takes in unread, in its usual settings.
    private static final long MOST_UNREAD = 64 * 1024;

    private final List<Part> parts = new ArrayList<>();

    /**
     * @param bytes how many its rows may have, about, above zero; of no account for the last of a trip
     * @param each takes the rows, when the statements of this trip were sent
     */
    public void query(String sql, long bytes, Parameters parameters, RowCallbackHandler each) {
        Result result = statement -> {
            try (var found = statement.getResultSet()) {
                while (found.next()) {
                    each.processRow(found);
                }
            }
        };
        parts.add(new Part(sql, parameters, result, bytes));
    }

    /** @param count takes how many rows were written */
    public void update(String sql, Parameters parameters, IntConsumer count) {
        parts.add(new Part(sql, parameters, statement -> count.accept(statement.getUpdateCount()), 0));
    }

    /** Sends what there is, in its order, and waits for all of it. The first that fails is the last that is done. */
    public void run(JdbcTemplate jdbc) {
        int from = 0;
        long unread = 0;
        for (int next = 1; next <= parts.size(); next++) {
            unread += parts.get(next - 1).bytes();
            if (next == parts.size() || unread > MOST_UNREAD) {
                run(jdbc, parts.subList(from, next));
                from = next;
                unread = 0;
            }
        }
    }

    private static void run(JdbcTemplate jdbc, List<Part> parts) {
        var sql = parts.stream().map(Part::sql).collect(Collectors.joining(";\n"));
        jdbc.execute(sql, (PreparedStatementCallback<List<Part>>) statement -> {
            run(statement, parts);
            return parts;
        });
    }

    private static void run(PreparedStatement statement, List<Part> parts) throws SQLException {
        var columns = new Columns(statement);
        for (var part : parts) {
            part.parameters().set(columns);
        }
        statement.execute();
        for (var part : parts) {
            part.result().take(statement);
            statement.getMoreResults();
        }
    }
}
