package io.quotabank.ledger.batch;

import java.sql.Connection;
import java.time.Duration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Statements that read much, and so take longer than the limits that are meant for requests. */
public final class LongStatements {

    // The database gives up first, and says so.
    private static final Duration BEYOND = Duration.ofSeconds(30);

    private LongStatements() {}

    /**
     * Lets each further statement of the caller's transaction take so long: the database, and the wait for its answer.
     *
     * @param atMost until its first row
     */
    public static void allow(JdbcTemplate jdbc, Duration atMost) {
        jdbc.execute((Connection connection) -> {
            // Given back by the pool.
            connection.setNetworkTimeout(
                    Runnable::run, (int) atMost.plus(BEYOND).toMillis());
            return true;
        });
        jdbc.queryForObject(
                "SELECT set_config('statement_timeout', ?, true)", String.class, Long.toString(atMost.toMillis()));
    }
}
