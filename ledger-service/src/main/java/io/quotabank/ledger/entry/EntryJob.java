package io.quotabank.ledger.entry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.ledger.settlement.Backlog;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Publishes until nothing is left, and again when there is something new. */
@Component
class EntryJob {

    private final Entries entries;
    private final EntryProperties properties;
    private final Backlog settlement;
    private final AtomicLong behind;
    private final Counter published;

    EntryJob(Entries entries, EntryProperties properties, Backlog settlement, MeterRegistry registry) {
        this.entries = entries;
        this.properties = properties;
        this.settlement = settlement;
        behind = registry.gauge("quotabank.ledger.entries.behind", new AtomicLong());
        published = registry.counter("quotabank.ledger.entries.published");
    }

    @Scheduled(fixedDelayString = "${quotabank.entry.every:500ms}")
    void run() {
        if (!properties.start()) {
            return;
        }
        behind.set(entries.behind());
        while (!settlement.comesFirst()) {
            long some = entries.publishNext();
            if (some < 0) {
                return;
            }
            published.increment((double) some);
            behind.set(entries.behind());
        }
    }
}
