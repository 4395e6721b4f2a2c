package io.quotabank.systemtests.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How PostgreSQL finds a page of history, by the very statement that the ledger sends. */
final class HistoryPlan {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(1);

    private static final String RUNNING = """
            SELECT query FROM pg_stat_activity
            WHERE application_name = 'ledger-service' AND query LIKE '%ORDER BY debit_seq DESC%'
              AND query LIKE '%LIMIT $7%'
            LIMIT 1
            """;

    // As it would be planned for these values, and as the ledger has it planned, for any.
    private static final List<String> MODES = List.of("force_custom_plan", "force_generic_plan");

    private static final Pattern CONSTANTS = Pattern.compile("'?\\d+'?(::bigint)?");

    private HistoryPlan() {}

    /**
     * The newest page and a page far behind it have the same plan, and none reads a whole table.
     *
     * @param pages asks for pages of the busiest person's history
     * @param after above the newest entry's sequence
     * @param deep above that of a deep page's first
     */
    static void prove(Ledger ledger, Load pages, long account, long after, long deep) throws Exception {
        ledger.execute("PREPARE page AS " + statement(ledger, pages));
        for (var mode : MODES) {
            ledger.execute("SET plan_cache_mode = " + mode);
            var newest = plan(ledger, account, after);
            if (newest.contains("Seq Scan") || !shape(newest).equals(shape(plan(ledger, account, deep)))) {
                throw new IllegalStateException(
                        "a page of history is not found by its index alone, or not each page: " + newest);
            }
        }
    }

    private static String statement(Ledger ledger, Load pages) throws Exception {
        try (var thread = Executors.newSingleThreadExecutor()) {
            Callable<Load.Result> ask = () -> pages.closedLoop(PATIENCE);
            var asked = thread.submit(ask);
            try {
                String found = null;
                while (found == null && !asked.isDone()) {
                    LockSupport.parkNanos(LOOK.toNanos());
                    found = running(ledger);
                }
                if (found == null) {
                    throw new IllegalStateException("the ledger was not seen to read a page of history");
                }
                return found;
            } finally {
                pages.stop();
            }
        }
    }

    private static @Nullable String running(Ledger ledger) throws SQLException {
        try (var statement = ledger.database().createStatement();
                var row = statement.executeQuery(RUNNING)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private static String plan(Ledger ledger, long account, long before) throws SQLException {
        var half = account + ", " + before + ", 20, ";
        try (var statement = ledger.database().createStatement();
                var rows = statement.executeQuery("EXPLAIN (COSTS OFF) EXECUTE page (" + half + half + "20)")) {
            var text = new StringBuilder();
            while (rows.next()) {
                text.append(rows.getString(1)).append('\n');
            }
            return text.toString();
        }
    }

    private static String shape(String plan) {
        return CONSTANTS.matcher(plan).replaceAll("?");
    }
}
