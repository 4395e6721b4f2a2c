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

    LeaseMetrics(MeterRegistry registry) {
        granted = registry.counter("quotabank.ledger.leases", "outcome", "granted");
        refused = registry.counter("quotabank.ledger.leases", "outcome", "refused");
        expired = registry.counter("quotabank.ledger.leases", "outcome", "expired");
    }

    void answered(Answer answer) {
        (answer.granted() == null ? refused : granted).increment();
    }

    void expired() {
        expired.increment();
    }
}
