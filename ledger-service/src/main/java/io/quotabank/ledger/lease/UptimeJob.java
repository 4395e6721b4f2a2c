package io.quotabank.ledger.lease;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts how long the ledger has been up, in one row that all its processes share, by monotonic time only. A process adds
 * the time since it last looked if nobody else has counted since then, so that many count no faster than one.
 */
@Component
class UptimeJob {

    private static final String COUNT = "UPDATE uptime SET ms = ms + ? WHERE ms = ?";

    private final JdbcTemplate jdbc;
    private final Ticker ticker;
    private final Duration longestTick;
    private long seenMs = -1;
    private long seenAtNanos;

    UptimeJob(JdbcTemplate jdbc, Ticker ticker, LeaseProperties properties) {
        this.jdbc = jdbc;
        this.ticker = ticker;
        this.longestTick = properties.longestTick();
    }

    @Scheduled(fixedDelayString = "${quotabank.lease.tick:1s}")
    synchronized void tick() {
        long now = ticker.read();
        long elapsedMs = Math.min((now - seenAtNanos) / 1_000_000, longestTick.toMillis());
        if (seenMs >= 0 && jdbc.update(COUNT, elapsedMs, seenMs) == 1) {
            seenMs += elapsedMs;
        } else {
            var counted = jdbc.queryForObject("SELECT ms FROM uptime", Long.class);
            seenMs = counted == null ? 0 : counted;
        }
        seenAtNanos = now;
    }
}
