package io.quotabank.ledger.settlement;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.stereotype.Component;

/** Down while settling fails, or does not run where it should. Not part of readiness: leases are given meanwhile. */
@Component("settlementHealthIndicator")
class SettlementHealth implements HealthIndicator {

    private final ObjectProvider<KafkaListenerEndpointRegistry> listeners;
    private final SettlementProperties properties;
    // By thread: that one of them settles says nothing of the others.
    private final Map<String, String> failing = new ConcurrentHashMap<>();

    SettlementHealth(ObjectProvider<KafkaListenerEndpointRegistry> listeners, SettlementProperties properties) {
        this.listeners = listeners;
        this.properties = properties;
    }

    void settled() {
        failing.remove(Thread.currentThread().getName());
    }

    void failed(RuntimeException cause) {
        failing.put(Thread.currentThread().getName(), cause.getClass().getSimpleName());
    }

    @Override
    public Health health() {
        var container = listeners.getObject().getListenerContainer(SettlementListener.ID);
        if (container == null || !container.isRunning()) {
            var health = properties.start() ? Health.down() : Health.unknown();
            return health.withDetail("consumer", "stopped").build();
        }
        var failures = Map.copyOf(failing);
        var health = failures.isEmpty() ? Health.up() : Health.down().withDetail("failing", failures.values());
        var assigned = container.getAssignedPartitions();
        return health.withDetail("partitions", assigned == null ? 0 : assigned.size())
                .build();
    }
}
