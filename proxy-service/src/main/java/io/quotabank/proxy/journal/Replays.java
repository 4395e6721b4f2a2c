package io.quotabank.proxy.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the journals of dead processes and replays each until it is done. */
final class Replays {

    private static final Logger log = LoggerFactory.getLogger(Replays.class);

    private final JournalProperties settings;
    private final UsageMessages messages;
    private final JournalMeters meters;
    private final Supplier<UsageTransport> transports;
    private final LastStatements ledger;
    private final List<Replay> waiting = new ArrayList<>();

    Replays(
            JournalProperties settings,
            UsageMessages messages,
            JournalMeters meters,
            Supplier<UsageTransport> transports,
            LastStatements ledger) {
        this.settings = settings;
        this.messages = messages;
        this.meters = meters;
        this.transports = transports;
        this.ledger = ledger;
    }

    /** Tries what is known and what is new. False where something failed: it is known to the next call. */
    boolean run() throws IOException {
        for (var orphan : JournalDirectory.orphans(settings.directory())) {
            waiting.add(new Replay(orphan, messages, settings, meters));
        }
        if (waiting.isEmpty()) {
            return true;
        }
        try (var transport = transports.get()) {
            waiting.removeIf(replay -> done(replay, transport));
        }
        return waiting.isEmpty();
    }

    void close() throws IOException {
        for (var replay : waiting) {
            replay.directory().close();
        }
    }

    private boolean done(Replay replay, UsageTransport transport) {
        try {
            replay.run(transport, ledger);
            log.info("replayed {}", replay.directory().path());
            return true;
        } catch (IOException | RuntimeException failed) {
            log.warn("{} is replayed later: {}", replay.directory().path(), failed.toString());
            return false;
        }
    }
}
