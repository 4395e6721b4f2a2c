package io.quotabank.ledger.seal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heads on their way to one place. What the place does not take waits, and goes there in order once it does: a head that
 * was noted before somebody changed the chain tells of it afterwards too. What waited when a process ended, and heads
 * that nobody noted as none ran, are found again: they are blocks above the highest that the place has.
 */
final class Anchors {

    private static final Logger LOG = LoggerFactory.getLogger(Anchors.class);

    private static final long NONE = -1;

    private final AnchorPlace place;
    private final Seals seals;
    private final int mostWaiting;
    private final NavigableMap<Long, Anchor> waiting = new TreeMap<>();
    private final AtomicInteger waits;
    private final Counter failures;
    private volatile @Nullable Instant oldest;
    // The highest block that the place was heard to have.
    private long confirmed = NONE;
    private boolean broken;

    Anchors(AnchorPlace place, Seals seals, int mostWaiting, MeterRegistry registry) {
        this.place = place;
        this.seals = seals;
        this.mostWaiting = mostWaiting;
        var tags = Tags.of("place", place.name());
        waits = registry.gauge("quotabank.ledger.seal.anchors.waiting", tags, new AtomicInteger());
        failures = registry.counter("quotabank.ledger.seal.anchor.failures", tags);
    }

    /**
     * Notes the head, where it is not noted yet, and brings to the place what waits.
     *
     * @return false where the chain is not what was anchored, when the place was last asked
     */
    synchronized boolean bring(Optional<Anchor> head) {
        head.ifPresent(this::note);
        try {
            broken = !brought(head);
            if (broken) {
                // What was noted of such a chain is worth nothing, and is not to come after what it belies.
                waiting.clear();
            }
        } catch (RuntimeException away) {
            failures.increment();
            LOG.warn("anchors can't be brought to the {}, {} wait", place.name(), waiting.size(), away);
        }
        // A head that is there waits for nothing, though the place could not be asked this time.
        var unconfirmed = waiting.tailMap(confirmed, false);
        waits.set(unconfirmed.size());
        oldest = unconfirmed.isEmpty()
                ? null
                : unconfirmed.firstEntry().getValue().at();
        return !broken;
    }

    /** How long the oldest has waited, as far as this process knows; zero where none waits. */
    Duration age(Instant now) {
        var since = oldest;
        return since == null || now.isBefore(since) ? Duration.ZERO : Duration.between(since, now);
    }

    // The oldest bind what was there earliest, the newest binds most: where there is no room it takes the one before
    // it.
    private void note(Anchor head) {
        if (!waiting.isEmpty() && waiting.lastKey() >= head.number()) {
            return;
        }
        if (waiting.size() == mostWaiting) {
            waiting.pollLastEntry();
        }
        waiting.put(head.number(), head);
    }

    /** Nothing is added to anchors that the chain no longer has: what they say is the proof. */
    private boolean brought(Optional<Anchor> head) {
        var newest = place.newest();
        confirmed = newest.map(Anchor::number).orElse(NONE);
        if (newest.isPresent() && !isInChain(newest.get())) {
            return false;
        }
        head.ifPresent(this::noteMissed);
        while (!waiting.isEmpty()) {
            var next = waiting.firstEntry().getValue();
            if (next.number() > confirmed) {
                if (!place.add(next)) {
                    LOG.error("the seal is not what was anchored: another block {} was", next.number());
                    return false;
                }
                confirmed = next.number();
            }
            if (!isInChain(next)) {
                return false;
            }
            waiting.pollFirstEntry();
        }
        return true;
    }

    // What is noted here was noted in time, and is left as it is: only what is below it can have been missed. As heads,
    // these are of now.
    private void noteMissed(Anchor head) {
        int room = mostWaiting - waiting.size();
        for (var block : seals.missedHeads(confirmed, waiting.firstKey(), room)) {
            waiting.put(block.number(), new Anchor(block.number(), block.hash(), head.at()));
        }
    }

    private boolean isInChain(Anchor anchor) {
        boolean is = seals.block(anchor.number())
                .filter(block -> block.hash().equals(anchor.hash()))
                .isPresent();
        if (!is) {
            LOG.error("the seal is not what was anchored: block {} was {}", anchor.number(), anchor.hash());
        }
        return is;
    }
}
