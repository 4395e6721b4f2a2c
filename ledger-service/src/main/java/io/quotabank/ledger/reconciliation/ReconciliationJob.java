package io.quotabank.ledger.reconciliation;

import java.time.Clock;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Reconciles by the schedule, in one of the processes. */
@Component
class ReconciliationJob {

    static final String ACTOR = "ledger-service";

    private final Reconciliations reconciliations;
    private final ReconciliationProperties properties;
    private final Clock clock;

    ReconciliationJob(Reconciliations reconciliations, ReconciliationProperties properties, Clock clock) {
        this.reconciliations = reconciliations;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * Passes where another process, or a person, has run one not long ago, or runs one now; what that found is shown here
     * as well, so that no process goes on showing what is no more.
     */
    @Scheduled(
            initialDelayString = "${quotabank.reconciliation.every:5m}",
            fixedDelayString = "${quotabank.reconciliation.every:5m}")
    void run() {
        var since = clock.instant().minus(properties.every().dividedBy(2));
        if (reconciliations.runUnlessSince(since, ACTOR).isEmpty()) {
            reconciliations.showNewest();
        }
    }
}
