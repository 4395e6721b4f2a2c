package io.quotabank.ledger.partition;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Makes the tables of coming months and days, through functions of the owner's: the service itself may not. */
@Component
class PartitionJob {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionJob.class);

    private final JdbcTemplate jdbc;
    private final PartitionProperties properties;

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
        var made = jdbc.queryForObject(sql, Integer.class, ahead);
        return made == null ? 0 : made;
    }
}
