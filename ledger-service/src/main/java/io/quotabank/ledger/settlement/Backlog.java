package io.quotabank.ledger.settlement;

import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Whether settlement is behind: its polls are as large as they get. Until it has caught up, and for a while at most, it
 * has the processors and the database for itself: what is made of transfers that are posted already (their publication,
 * seal, and the sweep of earnings) waits and is the same afterwards.
 */
@Component
public class Backlog {

    private static final long RECENT_NS = Duration.ofSeconds(1).toNanos();

    private final SettlementProperties properties;
    private long beganNs;
    private long fullNs = System.nanoTime() - RECENT_NS;

    Backlog(SettlementProperties properties) {
        this.properties = properties;
    }

    synchronized void polled(int records) {
        if (records < properties.batch()) {
            return;
        }
        long now = System.nanoTime();
        if (now - fullNs >= RECENT_NS) {
            beganNs = now;
        }
        fullNs = now;
    }

    /** True while others are to wait. */
    public synchronized boolean comesFirst() {
        long now = System.nanoTime();
        return now - fullNs < RECENT_NS && now - beganNs < properties.firstFor().toNanos();
    }
}
