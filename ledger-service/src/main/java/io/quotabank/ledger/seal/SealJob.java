package io.quotabank.ledger.seal;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.ledger.settlement.Backlog;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Seals what was cut, and anchors the head. */
@Component
class SealJob {

    private final Seals seals;
    private final List<Anchors> places;
    private final Backlog settlement;
    private final Clock clock;
    private final AtomicLong broken;

    SealJob(
            Seals seals,
            ObjectProvider<AnchorPlace> places,
            SealProperties properties,
            Backlog settlement,
            Clock clock,
            MeterRegistry registry) {
        this.seals = seals;
        this.places = places.stream()
                .map(place -> new Anchors(place, seals, properties.mostWaiting(), registry))
                .toList();
        this.settlement = settlement;
        this.clock = clock;
        // Anchors that the chain does not have.
        this.broken = registry.gauge("quotabank.ledger.seal.broken", new AtomicLong());
        Gauge.builder("quotabank.ledger.seal.anchor.age", this, SealJob::oldestS)
                .baseUnit("seconds")
                .register(registry);
    }

    @Scheduled(fixedDelayString = "${quotabank.seal.every:1s}")
    void seal() {
        while (!settlement.comesFirst() && seals.sealNext()) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    /** A place that is away keeps the head from no other one, and no block from being sealed. */
    @Scheduled(fixedDelayString = "${quotabank.seal.anchor-every:1m}")
    void anchor() {
        var head = seals.head().map(block -> new Anchor(block.number(), block.hash(), clock.instant()));
        long lied = places.stream().filter(place -> !place.bring(head)).count();
        broken.set(lied > 0 ? 1 : 0);
    }

    // Of the place that has waited longest; zero where there is none.
    private double oldestS() {
        var now = clock.instant();
        return places.stream()
                .mapToDouble(place -> place.age(now).toMillis() / 1e3)
                .max()
                .orElse(0);
    }
}
