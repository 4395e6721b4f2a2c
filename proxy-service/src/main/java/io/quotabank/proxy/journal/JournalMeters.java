package io.quotabank.proxy.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What an operator is alerted by. */
final class JournalMeters {

    private final MeterRegistry registry;
    private final Counter damaged;
    private final Counter sentAgain;
    private final Counter unsendable;
    private final Counter abandoned;

    JournalMeters(MeterRegistry registry) {
        this.registry = registry;
        this.damaged = registry.counter("quotabank.journal.damaged.bytes");
        this.sentAgain = registry.counter("quotabank.journal.sent.again");
        this.unsendable = registry.counter("quotabank.journal.unsendable");
        this.abandoned = registry.counter("quotabank.journal.abandoned");
    }

    void watch(JournalFile file) {
        registry.gauge("quotabank.journal.recording", file, journal -> journal.recording() ? 1 : 0);
        registry.gauge("quotabank.journal.lost", file, JournalFile::lost);
    }

    /** Bytes of a journal that could not be read though entries follow them. */
    void damaged(long bytes) {
        if (bytes > 0) {
            damaged.increment((double) bytes);
        }
    }

    void sentAgain() {
        sentAgain.increment();
    }

    void unsendable() {
        unsendable.increment();
    }

    void abandoned() {
        abandoned.increment();
    }
}
