package io.quotabank.ledger.partition;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes the tables of coming months and days, through functions of the owner's: the service itself may not. That needs a
 * table for itself for a moment: where others are in the way, such as a proof that reads all of them, it tries again.
 */
@Component
class PartitionJob {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionJob.class);

    private static final RetryPolicy AGAIN = RetryPolicy.builder()
            .maxRetries(5)
            .delay(Duration.ofSeconds(1))
            .multiplier(2)
            .includes(PessimisticLockingFailureException.class)
            .build();

    private final JdbcTemplate jdbc;
    private final PartitionProperties properties;
    private final RetryTemplate retries = new RetryTemplate(AGAIN);

    PartitionJob(JdbcTemplate jdbc, PartitionProperties properties) {
        this.jdbc = jdbc;
        this.properties = properties;
    }

    @Scheduled(fixedDelayString = "${quotabank.partition.every:6h}")
    void run() {
        int months = made("SELECT partition_months(?)", properties.monthsAhead());
        int days = made("SELECT partition_days(?)", properties.daysAhead());
        if (months + days > 0) {
            LOG.info("made {} tables for coming months and {} for coming days", months, days);
        }
    }

    private int made(String sql, int ahead) {
        var made = retries.invoke(() -> jdbc.queryForObject(sql, Integer.class, ahead));
        return made == null ? 0 : made;
    }
}
