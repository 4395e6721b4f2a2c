package io.quotabank.ledger.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.lease.LedgerLeases.Answer;
import org.springframework.stereotype.Component;

@Component
class LeaseMetrics {

    private final Counter granted;
    private final Counter refused;
    private final Counter expired;
    private final Counter unsettled;

    LeaseMetrics(MeterRegistry registry) {
        granted = registry.counter("quotabank.ledger.leases", "outcome", "granted");
        refused = registry.counter("quotabank.ledger.leases", "outcome", "refused");
        expired = registry.counter("quotabank.ledger.leases", "outcome", "expired");
        unsettled = registry.counter("quotabank.ledger.leases", "outcome", "unsettled");
    }

    void answered(Answer answer) {
        (answer.granted() == null ? refused : granted).increment();
    }

    /** Events of told spending were lost: an alert. */
    void unsettled() {
        unsettled.increment();
    }

    void expired() {
        expired.increment();
    }
}
