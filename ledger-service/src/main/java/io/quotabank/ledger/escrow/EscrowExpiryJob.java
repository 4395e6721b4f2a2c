package io.quotabank.ledger.escrow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ends holds of applications and purchases whose time is over, by the database's clock. */
@Component
class EscrowExpiryJob {

    private final Escrows escrows;
    private final EscrowProperties properties;
    private final Counter expired;

    EscrowExpiryJob(Escrows escrows, EscrowProperties properties, MeterRegistry registry) {
        this.escrows = escrows;
        this.properties = properties;
        this.expired = registry.counter("quotabank.ledger.holds", "outcome", "expired");
    }

    @Scheduled(fixedDelayString = "${quotabank.escrow.sweep-every:1s}")
    void run() {
        int ended;
        do {
            ended = escrows.expire(properties.sweepMost());
            expired.increment(ended);
        } while (ended == properties.sweepMost());
    }
}
