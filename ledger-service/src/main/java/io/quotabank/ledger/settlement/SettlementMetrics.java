package io.quotabank.ledger.settlement;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quotabank.ledger.settlement.Settlements.Summary;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

@Component
class SettlementMetrics {

    private static final double MICRO = 1e6;

    private final Clock clock;
    private final Counter settled;
    private final Counter duplicates;
    private final Counter corrections;
    private final Counter dead;
    private final Counter loss;
    private final DistributionSummary batchSize;
    private final Timer batchTime;
    private final Timer delay;

    SettlementMetrics(MeterRegistry registry, Clock clock) {
        this.clock = clock;
        settled = registry.counter("quotabank.ledger.settlement.events", "outcome", "settled");
        duplicates = registry.counter("quotabank.ledger.settlement.events", "outcome", "duplicate");
        corrections = registry.counter("quotabank.ledger.settlement.events", "outcome", "corrected");
        dead = registry.counter("quotabank.ledger.settlement.events", "outcome", "dead");
        loss = Counter.builder("quotabank.ledger.settlement.loss")
                .baseUnit("credits")
                .register(registry);
        batchSize = registry.summary("quotabank.ledger.settlement.batch.size");
        batchTime = registry.timer("quotabank.ledger.settlement.batch");
        delay = registry.timer("quotabank.ledger.settlement.delay");
    }

    /** The delay is that of the batch's oldest event, from its request's end. */
    void settled(List<Usage> batch, Summary summary, long nanos) {
        settled.increment(summary.settled());
        duplicates.increment(summary.duplicates());
        corrections.increment(summary.corrections());
        loss.increment(summary.loss().micro() / MICRO);
        batchSize.record(batch.size());
        batchTime.record(nanos, TimeUnit.NANOSECONDS);
        long now = clock.millis();
        batch.stream()
                .mapToLong(usage -> now - usage.event().closedAtMs())
                .max()
                .ifPresent(oldest -> delay.record(Math.max(0, oldest), TimeUnit.MILLISECONDS));
    }

    void dead() {
        dead.increment();
    }
}
