package io.quotabank.proxy.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal that this process writes: appends under one lock, files that follow each other, and what is kept in memory
 * while the disk fails. {@link #force()} is called again and again by one thread, and is also what recovers.
 */
final class JournalFile {

    private static final Logger log = LoggerFactory.getLogger(JournalFile.class);

    // Announcements are for dashboards: while Kafka is away for long, old ones are not worth memory.
    private static final int MOST_UNANNOUNCED = 10_000;

    private final JournalDirectory directory;
    private final Disk disk;
    private final long segmentSize;
    private final long mostKept;
    private final ReentrantLock lock = new ReentrantLock();

    // All below: under the lock.
    private final JournalState state = new JournalState();
    private final Deque<OpenRequest> unannounced = new ArrayDeque<>();
    private final Deque<byte[]> kept = new ArrayDeque<>();
    private final List<SegmentWriter> finished = new ArrayList<>();
    private SegmentWriter writer;
    private long keptBytes;
    private long lost;

    private volatile boolean failing;
    private volatile boolean dirty;
    private volatile long forced;

    JournalFile(JournalDirectory directory, Disk disk, JournalProperties settings) throws IOException {
        this.directory = directory;
        this.disk = disk;
        this.segmentSize = settings.segmentSize().toBytes();
        this.mostKept = settings.keptWhileFailing().toBytes();
        this.writer = new SegmentWriter(0, disk.open(directory.segment(0)));
    }

    /** False while the disk fails: what is appended now may be lost. */
    boolean recording() {
        return !failing;
    }

    void append(Entry entry) {
        append(_ -> entry);
    }

    /** Appends what is made from the state as it is then. */
    void append(Function<JournalState, Entry> making) {
        lock.lock();
        try {
            var entry = making.apply(state);
            var frame = Frames.frame(entry);
            // Before the entry is applied: the head of a new file must not tell what then follows again.
            rotateWhenFull();
            state.apply(entry);
            if (entry instanceof Entry.Opened opened) {
                announceLater(opened);
            }
            writeOrKeep(frame);
        } finally {
            lock.unlock();
        }
    }

    /** Where the journal ends for a reader. */
    Position end() {
        lock.lock();
        try {
            return writer.end();
        } finally {
            lock.unlock();
        }
    }

    /** The next request that started before {@code startedBeforeMs}, is still open, and was not returned before. */
    @Nullable
    OpenRequest toAnnounce(long startedBeforeMs) {
        lock.lock();
        try {
            while (!unannounced.isEmpty()) {
                var oldest = unannounced.getFirst();
                var id = oldest.opened().requestId();
                var closed = state.open(id) == null;
                if (!closed && oldest.opened().startedAtMs() >= startedBeforeMs) {
                    return null;
                }
                unannounced.removeFirst();
                if (!closed) {
                    return oldest;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** True when nothing in it would be needed after this process. */
    boolean nothingOpen() {
        lock.lock();
        try {
            return state.open().isEmpty() && state.leases().isEmpty() && kept.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The newest file whose beginning is on the disk: those before it are needed until then, for what it carries on. */
    long forced() {
        return forced;
    }

    /** Records lost so far because the disk failed for longer than memory could keep them. */
    long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Forces to the disk what was written, or tries to write again where that failed. */
    void force() {
        if (failing) {
            recover();
        } else if (dirty) {
            dirty = false;
            try {
                forceAll();
            } catch (IOException failed) {
                failed("force", failed);
            }
        }
    }

    void close() throws IOException {
        force();
        writer.close();
    }

    private void writeOrKeep(byte[] frame) {
        if (failing) {
            keep(frame);
            return;
        }
        try {
            writer.write(frame);
            dirty = true;
        } catch (IOException failed) {
            failed("write", failed);
            keep(frame);
        }
    }

    private void rotateWhenFull() {
        if (!failing && writer.size() >= segmentSize) {
            try {
                rotate();
            } catch (IOException failed) {
                failed("begin a file", failed);
            }
        }
    }

    private void announceLater(Entry.Opened opened) {
        var request = state.open(opened.requestId());
        if (request != null) {
            if (unannounced.size() >= MOST_UNANNOUNCED) {
                unannounced.removeFirst();
            }
            unannounced.add(request);
        }
    }

    // A new file begins with what is open, so that nothing before it is needed once Kafka has taken it.
    private void rotate() throws IOException {
        var next = new SegmentWriter(writer.number() + 1, disk.open(directory.segment(writer.number() + 1)));
        try {
            // What a failed try to begin it left.
            next.truncate();
            for (var entry : state.carriedForward()) {
                next.write(Frames.frame(entry));
            }
        } catch (IOException failed) {
            next.close();
            throw failed;
        }
        finished.add(writer);
        writer = next;
    }

    private void keep(byte[] frame) {
        if (keptBytes + frame.length > mostKept) {
            lost++;
            log.error(
                    "the journal's disk fails and memory for {} bytes of records is full: a record is lost", mostKept);
        } else {
            kept.add(frame);
            keptBytes += frame.length;
        }
    }

    private void recover() {
        lock.lock();
        try {
            writer.truncate();
            while (!kept.isEmpty()) {
                writer.write(kept.getFirst());
                keptBytes -= kept.removeFirst().length;
            }
            writer.force();
            requireThere();
            forced = writer.number();
            failing = false;
            dirty = true;
            log.warn("the journal's disk works again");
        } catch (IOException stillFailing) {
            log.debug("the journal's disk still fails", stillFailing);
        } finally {
            lock.unlock();
        }
    }

    private void failed(String what, IOException failure) {
        failing = true;
        log.error("the journal can't {}: no request is taken until it can", what, failure);
    }

    // Not under the lock, so that nobody waits for the disk; a finished file gets nothing more after it left the lock.
    private void forceAll() throws IOException {
        List<SegmentWriter> done;
        SegmentWriter current;
        lock.lock();
        try {
            done = List.copyOf(finished);
            current = writer;
        } finally {
            lock.unlock();
        }
        for (var file : done) {
            file.force();
            file.close();
            forget(file);
        }
        current.force();
        forced = current.number();
        lock.lock();
        try {
            requireThere();
        } finally {
            lock.unlock();
        }
    }

    // At once: a closed file can't be forced again when what follows fails and all is tried again.
    private void forget(SegmentWriter file) {
        lock.lock();
        try {
            finished.remove(file);
        } finally {
            lock.unlock();
        }
    }

    // What is written to a file that somebody removed is lost with this process. Under the lock.
    private void requireThere() throws IOException {
        var path = directory.segment(writer.number());
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "removed while it is written");
        }
    }
}
