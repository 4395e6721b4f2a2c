package io.quotabank.ledger.lease;

import io.quotabank.ledger.hold.Holds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ends leases whose holders were silent too long, by the ledger's own uptime. */
@Component
class LeaseExpiryJob {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseExpiryJob.class);

    private final Leases leases;
    private final Holds holds;
    private final LeaseMetrics metrics;
    private final LeaseProperties properties;

    LeaseExpiryJob(Leases leases, Holds holds, LeaseMetrics metrics, LeaseProperties properties) {
        this.leases = leases;
        this.holds = holds;
        this.metrics = metrics;
        this.properties = properties;
    }

    @Scheduled(fixedDelayString = "${quotabank.lease.sweep-every:5s}")
    void run() {
        for (var lease : holds.overdue(properties.silence(), properties.sweepMost())) {
            if (leases.expire(lease)) {
                metrics.expired();
                LOG.warn("lease {} was given up: no last statement in {} of uptime", lease, properties.silence());
            }
        }
        for (var lease : holds.unsettled(properties.unsettledFor(), properties.sweepMost())) {
            if (leases.giveUp(lease)) {
                metrics.unsettled();
                LOG.error("lease {}: told spending never came as events; events must have been lost", lease);
            }
        }
    }
}
