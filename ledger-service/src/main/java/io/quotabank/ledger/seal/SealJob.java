package io.quotabank.ledger.seal;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.ledger.settlement.Backlog;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Seals what was cut, and anchors the head. */
@Component
class SealJob {

    private static final Logger LOG = LoggerFactory.getLogger(SealJob.class);

    private final Seals seals;
    private final Anchors anchors;
    private final Backlog settlement;
    private final AtomicLong broken;

    SealJob(Seals seals, Anchors anchors, Backlog settlement, MeterRegistry registry) {
        this.seals = seals;
        this.anchors = anchors;
        this.settlement = settlement;
        // Anchors that the chain does not have.
        this.broken = registry.gauge("quotabank.ledger.seal.broken", new AtomicLong());
    }

    @Scheduled(fixedDelayString = "${quotabank.seal.every:1s}")
    void seal() {
        while (!settlement.comesFirst() && seals.sealNext()) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    /** Nothing is added to anchors that the chain no longer has: what they say is the proof. */
    @Scheduled(fixedDelayString = "${quotabank.seal.anchor-every:1m}")
    void anchor() {
        var last = anchors.last();
        var there = last.flatMap(anchor -> seals.block(anchor.number()));
        if (last.isPresent() && !last.map(Anchors.Anchor::hash).equals(there.map(Block::hash))) {
            broken.set(1);
            LOG.error(
                    "the seal is not what was anchored: block {} was {}",
                    last.get().number(),
                    last.get().hash());
            return;
        }
        broken.set(0);
        seals.head()
                .filter(head -> last.isEmpty() || head.number() > last.get().number())
                .ifPresent(anchors::add);
    }
}
