package io.quotabank.ledger.settlement;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.stereotype.Component;

/** Down while settling fails or does not run. Not part of readiness: leases are given meanwhile. */
@Component("settlementHealthIndicator")
class SettlementHealth implements HealthIndicator {

    private final ObjectProvider<KafkaListenerEndpointRegistry> listeners;
    private volatile @Nullable String failure;

    SettlementHealth(ObjectProvider<KafkaListenerEndpointRegistry> listeners) {
        this.listeners = listeners;
    }

    void settled() {
        failure = null;
    }

    void failed(RuntimeException cause) {
        failure = cause.getClass().getSimpleName();
    }

    @Override
    public Health health() {
        var container = listeners.getObject().getListenerContainer(SettlementListener.ID);
        if (container == null || !container.isRunning()) {
            return Health.down().withDetail("consumer", "stopped").build();
        }
        var why = failure;
        var health = why == null ? Health.up() : Health.down().withDetail("failing", why);
        var assigned = container.getAssignedPartitions();
        return health.withDetail("partitions", assigned == null ? 0 : assigned.size())
                .build();
    }
}
