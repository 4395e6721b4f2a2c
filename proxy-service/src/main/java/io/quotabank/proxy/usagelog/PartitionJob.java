package io.quotabank.proxy.usagelog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Makes the tables of coming months, through a function of the owner's: the service itself may not. */
@Component
class PartitionJob {

    private static final Logger log = LoggerFactory.getLogger(PartitionJob.class);

    private final JdbcTemplate jdbc;
    private final UsageLogProperties settings;

    PartitionJob(JdbcTemplate jdbc, UsageLogProperties settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    @Scheduled(fixedDelayString = "${quotabank.usage-log.partitions-every:6h}")
    void run() {
        var made = jdbc.queryForObject("SELECT usage_partitions(?)", Integer.class, settings.monthsAhead());
        if (made != null && made > 0) {
            log.info("made {} tables for coming months", made);
        }
    }
}
