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

    private record Part(String sql, Parameters parameters, Result result) {}

    private final List<Part> parts = new ArrayList<>();

    /** @param each takes the rows, when all statements were sent */
    public void query(String sql, Parameters parameters, RowCallbackHandler each) {
        parts.add(new Part(sql, parameters, statement -> {
            try (var rows = statement.getResultSet()) {
                while (rows.next()) {
                    each.processRow(rows);
                }
            }
        }));
    }

    /** @param count takes how many rows were written */
    public void update(String sql, Parameters parameters, IntConsumer count) {
        parts.add(new Part(sql, parameters, statement -> count.accept(statement.getUpdateCount())));
    }

    /** Sends what there is, in its order, and waits for all of it. The first that fails is the last that is done. */
    public void run(JdbcTemplate jdbc) {
        if (!parts.isEmpty()) {
            var sql = parts.stream().map(Part::sql).collect(Collectors.joining(";\n"));
            jdbc.execute(sql, (PreparedStatementCallback<Boolean>) this::run);
        }
    }

    private boolean run(PreparedStatement statement) throws SQLException {
        var columns = new Columns(statement);
        for (var part : parts) {
            part.parameters().set(columns);
        }
        boolean rows = statement.execute();
        for (var part : parts) {
            part.result().take(statement);
            rows = statement.getMoreResults();
        }
        return rows;
    }
}
