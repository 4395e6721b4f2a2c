package io.quotabank.proxy.journal;

import io.quotabank.proxy.journal.Entry.Closed;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this process's journal behind its writer and sends what closed. One thread calls {@link #step()} again and again;
 * it alone moves the acknowledged position and deletes the files before it.
 */
final class Tailer {

    private static final Logger log = LoggerFactory.getLogger(Tailer.class);
    private static final long SAVE_EVERY_NS = 200_000_000;
    private static final int READ_AT_ONCE = 1_000;

    private final JournalDirectory directory;
    private final JournalFile file;
    private final UsageTransport transport;
    private final UsageMessages messages;
    private final JournalProperties settings;
    private final LongSupplier nowMs;
    private final JournalMeters meters;

    private Acknowledgements acknowledgements = new Acknowledgements();
    private Position acknowledged = Position.START;
    private Position saved = Position.START;
    private Position read = Position.START;
    private long oldest;
    private long savedAtNs = System.nanoTime();
    private @Nullable FrameReader reader;

    Tailer(
            JournalDirectory directory,
            JournalFile file,
            UsageTransport transport,
            UsageMessages messages,
            JournalProperties settings,
            LongSupplier nowMs,
            JournalMeters meters) {
        this.directory = directory;
        this.file = file;
        this.transport = transport;
        this.messages = messages;
        this.settings = settings;
        this.nowMs = nowMs;
        this.meters = meters;
    }

    /** Sends what there is, takes answers. True where there was something to do. */
    boolean step() throws IOException {
        var failure = acknowledgements.failure();
        if (failure != null) {
            sendAgain(failure);
            return false;
        }
        announce();
        boolean sent = sendNew(file.end());
        boolean advanced = advance();
        save(false);
        deleteDone();
        return sent || advanced;
    }

    /** True when Kafka has taken everything up to the journal's end as it is now. */
    boolean drained() {
        return acknowledged.compareTo(file.end()) >= 0;
    }

    void close() throws IOException {
        save(true);
        closeReader();
    }

    // Everything unanswered is given up first, so that no user's events overtake each other.
    private void sendAgain(Exception failure) throws IOException {
        log.warn("usage events could not be sent, sending again from {}: {}", acknowledged, failure.toString());
        meters.sentAgain();
        transport.restart();
        // Answers that still come are about messages that are sent again anyway.
        acknowledgements = new Acknowledgements();
        read = acknowledged;
        closeReader();
    }

    private void announce() {
        long startedBefore = nowMs.getAsLong() - settings.announceAfter().toMillis();
        while (acknowledgements.unanswered() < settings.unacknowledged()) {
            var request = file.toAnnounce(startedBefore);
            if (request == null) {
                return;
            }
            // Not the journal's word, so nobody waits for its answer.
            transport.send(messages.announcement(request), ignored -> {});
        }
    }

    private boolean sendNew(Position end) throws IOException {
        int count = 0;
        while (count < READ_AT_ONCE && acknowledgements.unanswered() < settings.unacknowledged()) {
            var frame = next(end);
            if (frame == null) {
                break;
            }
            count++;
            read = new Position(read.segment(), frame.end());
            if (frame.entry() instanceof Closed closed) {
                send(closed, read);
            }
        }
        return count > 0;
    }

    private void send(Closed closed, Position end) {
        var answer = acknowledgements.sent(end);
        transport.send(UsageMessages.message(closed), failure -> {
            if (failure instanceof RecordTooLargeException) {
                // It would never be taken, and all behind it would wait for ever.
                meters.unsendable();
                log.error("usage event {} is too large for Kafka and is left out", closed.requestId());
                answer.accept(null);
            } else {
                answer.accept(failure);
            }
        });
    }

    private FrameReader.@Nullable Frame next(Position end) throws IOException {
        while (true) {
            if (reader == null) {
                reader = new FrameReader(directory.segment(read.segment()), read.offset());
            }
            boolean last = read.segment() == end.segment();
            var frame = reader.next(last ? end.offset() : Long.MAX_VALUE);
            meters.damaged(reader.takeDamaged());
            if (frame != null || last) {
                return frame;
            }
            reader.skipRest();
            meters.damaged(reader.takeDamaged());
            closeReader();
            read = new Position(read.segment() + 1, 0);
        }
    }

    private boolean advance() {
        var end = acknowledgements.advance();
        if (acknowledgements.unanswered() == 0) {
            // Behind the last message are only entries that Kafka never gets.
            end = read;
        }
        if (end == null || end.equals(acknowledged)) {
            return false;
        }
        acknowledged = end;
        return true;
    }

    private void save(boolean now) throws IOException {
        if (saved.equals(acknowledged) || (!now && System.nanoTime() - savedAtNs < SAVE_EVERY_NS)) {
            return;
        }
        directory.acknowledged(acknowledged);
        saved = acknowledged;
        savedAtNs = System.nanoTime();
    }

    // A file also carries what was open when it ended, until the head of the next one is on the disk.
    private void deleteDone() throws IOException {
        while (oldest < Math.min(saved.segment(), file.forced())) {
            directory.deleteSegment(oldest++);
        }
    }

    private void closeReader() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
