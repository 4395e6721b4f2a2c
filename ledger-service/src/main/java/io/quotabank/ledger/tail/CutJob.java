package io.quotabank.ledger.tail;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes cuts, one at a time over all processes, and tells BRIN of the pages that were filled: by itself it learns of them
 * when autovacuum comes by, and until then each window would read all of them.
 */
@Component
class CutJob {

    private final Tail tail;

    private final JdbcTemplate jdbc;

    CutJob(Tail tail, JdbcTemplate jdbc) {
        this.tail = tail;
        this.jdbc = jdbc;
    }

    @Scheduled(initialDelayString = "${quotabank.tail.every:1s}", fixedDelayString = "${quotabank.tail.every:1s}")
    void run() {
        tail.cut();
    }

    @Scheduled(fixedDelayString = "${quotabank.tail.index-every:5s}")
    void index() {
        jdbc.queryForObject("SELECT summarize_transactions()", Integer.class);
    }
}
