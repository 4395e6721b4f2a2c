package io.quotabank.proxy.journal;

import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.journal.Entry.Closed;
import io.quotabank.proxy.journal.Entry.Leased;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends what a dead process left: sends what it had closed and Kafka is not known to have taken, closes what it had open,
 * makes the last statements of its leases, removes its journal. A step that failed is tried again by the next call.
 */
final class Replay {

    private static final long ANSWER_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(1);

    // A power cut may have taken the record of the newest statements: this one must count as newer than those.
    static final long BEYOND_ALL_TOLD = 1L << 32;

    private final JournalDirectory directory;
    private final UsageMessages messages;
    private final JournalProperties settings;
    private final JournalMeters meters;

    private boolean eventsSent;
    private List<Leased> leases = List.of();

    Replay(JournalDirectory directory, UsageMessages messages, JournalProperties settings, JournalMeters meters) {
        this.directory = directory;
        this.messages = messages;
        this.settings = settings;
        this.meters = meters;
    }

    JournalDirectory directory() {
        return directory;
    }

    void run(UsageTransport transport, LastStatements ledger) throws IOException {
        if (!eventsSent) {
            var state = new JournalState();
            var acknowledgements = new Acknowledgements();
            sendClosed(state, transport, acknowledgements);
            sendAbandoned(state, transport, acknowledgements);
            awaitAtMost(0, acknowledgements);
            leases = new ArrayList<>(state.leases());
            eventsSent = true;
        }
        // After the events are safe: a statement that lists nothing in flight lets the ledger close the hold.
        while (!leases.isEmpty()) {
            ledger.tell(lastStatement(leases.getLast()));
            leases.removeLast();
        }
        directory.delete();
    }

    private void sendClosed(JournalState state, UsageTransport transport, Acknowledgements acknowledgements)
            throws IOException {
        var taken = directory.acknowledged();
        var segments = directory.segments();
        for (long segment : segments) {
            try (var reader = new FrameReader(directory.segment(segment), 0)) {
                for (var frame = reader.next(Long.MAX_VALUE); frame != null; frame = reader.next(Long.MAX_VALUE)) {
                    state.apply(frame.entry());
                    var end = new Position(segment, frame.end());
                    if (frame.entry() instanceof Closed closed && end.compareTo(taken) > 0) {
                        send(closed, end, transport, acknowledgements);
                    }
                }
                if (segment != segments.getLast()) {
                    reader.skipRest();
                }
                meters.damaged(reader.takeDamaged());
            }
        }
    }

    private void sendAbandoned(JournalState state, UsageTransport transport, Acknowledgements acknowledgements)
            throws IOException {
        for (var request : List.copyOf(state.open())) {
            var closed = messages.abandoned(request);
            state.apply(closed);
            meters.abandoned();
            send(closed, Position.START, transport, acknowledgements);
        }
    }

    private void send(Closed closed, Position end, UsageTransport transport, Acknowledgements acknowledgements)
            throws IOException {
        awaitAtMost(settings.unacknowledged() - 1, acknowledgements);
        transport.send(UsageMessages.message(closed), acknowledgements.sent(end));
    }

    private static void awaitAtMost(int unanswered, Acknowledgements acknowledgements) throws IOException {
        acknowledgements.advance();
        while (acknowledgements.unanswered() > unanswered) {
            var failure = acknowledgements.failure();
            if (failure != null) {
                throw new IOException("usage events of a dead process could not be sent", failure);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("stopping");
            }
            LockSupport.parkNanos(ANSWER_EVERY_NS);
            acknowledgements.advance();
        }
    }

    // The ledger caps as well: what was spent beyond the lease was nobody's to spend.
    private static Statement lastStatement(Leased lease) {
        Credits spent = lease.spent().min(lease.amount());
        return new Statement(lease.leaseId(), lease.sequence() + BEYOND_ALL_TOLD, spent, List.of(), true);
    }
}
