package io.quotabank.systemtests.stack;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a service's database with its read-only role, as an auditor would. */
public final class Books {

    private final Stack stack;
    private final String database;

    public Books(Stack stack, String database) {
        this.stack = stack;
        this.database = database;
    }

    public List<Map<String, @Nullable Object>> rows(String sql, Object... parameters) {
        var reader = stack.reader(database);
        try (var connection = DriverManager.getConnection(
                        reader.getOrDefault("url", ""), reader.get("user"), reader.get("password"));
                var statement = connection.prepareStatement(sql)) {
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
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    /** The one number that the query gives; 0 where it gives null. */
    public long number(String sql, Object... parameters) {
        return rows(sql, parameters).getFirst().values().iterator().next() instanceof Number number
                ? number.longValue()
                : 0;
    }
}
