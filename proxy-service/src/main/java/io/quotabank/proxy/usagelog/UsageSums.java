package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageLog.Entry;
import io.quotabank.contracts.usage.UsageLog.Sum;
import io.quotabank.contracts.usage.UsageLog.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Adds up what the log has, by the time inside the requests' ids. */
@Repository
class UsageSums {

    private static final String SUMS = """
            SELECT width_bucket(id, ?::uuid[]) AS part, count(*), sum(cost)::bigint, sum(served)::bigint
            FROM usage WHERE id >= ? AND id < ? GROUP BY part
            """;

    private static final String ENTRIES =
            "SELECT id, cost, served FROM usage WHERE id >= ? AND id < ? ORDER BY id LIMIT ?";

    private final JdbcTemplate jdbc;

    UsageSums(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @param windows each begins where the one before ends */
    List<Sum> sums(List<Window> windows) {
        var sums = new ArrayList<>(Collections.nCopies(windows.size(), Sum.NOTHING));
        var edges = Window.edges(windows);
        jdbc.query(
                SUMS,
                statement -> {
                    statement.setArray(1, statement.getConnection().createArrayOf("uuid", edges));
                    statement.setObject(2, edges[0]);
                    statement.setObject(3, edges[edges.length - 1]);
                },
                row -> {
                    sums.set(row.getInt(1) - 1, new Sum(row.getLong(2), credits(row, 3), credits(row, 4)));
                });
        return sums;
    }

    /** The first of a window, by id. */
    List<Entry> entries(Window window, int most) {
        return jdbc.query(
                ENTRIES,
                (row, index) -> new Entry(row.getObject(1, UUID.class), credits(row, 2), credits(row, 3)),
                window.first(),
                window.end(),
                most);
    }

    private static Credits credits(ResultSet row, int column) throws SQLException {
        return new Credits(row.getLong(column));
    }
}
