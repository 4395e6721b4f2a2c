package io.quotabank.systemtests.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Reads a service's database with its read-only role, as an auditor would. */
public final class Books {

    private final Stack stack;
    private final String database;
    private final AtomicReference<@Nullable Connection> kept = new AtomicReference<>();

    public Books(Stack stack, String database) {
        this.stack = stack;
        this.database = database;
    }

    public List<Map<String, @Nullable Object>> rows(String sql, Object... parameters) {
        var connection = kept.getAndSet(null);
        if (connection != null) {
            try {
                return rows(connection, sql, parameters);
            } catch (IllegalStateException failed) {
                // The server may have been restarted meanwhile; what is wrong with the query fails again.
            }
        }
        return rows(connect(), sql, parameters);
    }

    // Kept for the next query where it is well: to sign in takes ten times as long as most queries.
    private List<Map<String, @Nullable Object>> rows(Connection connection, String sql, Object... parameters) {
        try {
            var rows = read(connection, sql, parameters);
            if (!kept.compareAndSet(null, connection)) {
                connection.close();
            }
            return rows;
        } catch (SQLException failed) {
            close(connection);
            throw new IllegalStateException(sql, failed);
        }
    }

    private Connection connect() {
        var reader = stack.reader(database);
        try {
            return DriverManager.getConnection(
                    reader.getOrDefault("url", ""), reader.get("user"), reader.get("password"));
        } catch (SQLException refused) {
            throw new IllegalStateException(database, refused);
        }
    }

    private static List<Map<String, @Nullable Object>> read(Connection connection, String sql, Object... parameters)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            var rows = new ArrayList<Map<String, @Nullable Object>>();
            try (var result = statement.executeQuery()) {
                var columns = result.getMetaData();
                while (result.next()) {
                    var row = new LinkedHashMap<String, @Nullable Object>();
                    for (int c = 1; c <= columns.getColumnCount(); c++) {
                        row.put(columns.getColumnLabel(c), result.getObject(c));
                    }
                    rows.add(row);
                }
            }
            return rows;
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException gone) {
            // It is of no use either way.
        }
    }

    /** The one number that the query gives; 0 where it gives null. */
    public long number(String sql, Object... parameters) {
        return rows(sql, parameters).getFirst().values().iterator().next() instanceof Number number
                ? number.longValue()
                : 0;
    }
}
