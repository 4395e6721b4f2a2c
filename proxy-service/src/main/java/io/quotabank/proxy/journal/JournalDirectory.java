package io.quotabank.proxy.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * One process's journal on disk, locked for as long as the process lives. Files: {@code lock}, {@code acknowledged}
 * (how far Kafka has taken it) and the numbered segments.
 */
final class JournalDirectory implements Closeable {

    // Anything else under the root is not ours to lock or to remove.
    private static final Pattern NAME = Pattern.compile(".+-\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final Pattern SEGMENT = Pattern.compile("(\\d{12})\\.journal");
    private static final String LOCK = "lock";
    private static final String ACKNOWLEDGED = "acknowledged";
    private static final int ACKNOWLEDGED_SIZE = 20;

    // POSIX gives up all of a process's locks on a file when it closes any descriptor of it: what this process holds
    // must
    // not even be opened again.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lockFile;
    private final FileLock lock;

    private JournalDirectory(Path path, FileChannel lockFile, FileLock lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** A new directory of this process's own. It gets its name when it is locked: nobody takes it for an orphan. */
    static JournalDirectory create(Path root, String instance, Supplier<UUID> ids) throws IOException {
        var name = instance + "-" + ids.get();
        var fresh = Files.createDirectories(root.resolve(name + ".new")).toRealPath();
        var path = fresh.resolveSibling(name);
        var lockFile = FileChannel.open(fresh.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var lock = lockFile.lock();
        HELD.add(path);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        return new JournalDirectory(path, lockFile, lock);
    }

    /** Those whose process is dead, locked for this one. */
    static List<JournalDirectory> orphans(Path root) throws IOException {
        var orphans = new ArrayList<JournalDirectory>();
        if (Files.isDirectory(root)) {
            try (var paths = Files.newDirectoryStream(root.toRealPath(), JournalDirectory::isJournal)) {
                for (var path : paths) {
                    tryLock(path).ifPresent(orphans::add);
                }
            }
        }
        return orphans;
    }

    Path path() {
        return path;
    }

    Path segment(long number) {
        return path.resolve("%012d.journal".formatted(number));
    }

    /** Numbers of the segments there are, ascending. */
    List<Long> segments() throws IOException {
        try (var files = Files.list(path)) {
            return files.map(file -> SEGMENT.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches())
                    .map(name -> Long.parseLong(name.group(1)))
                    .sorted()
                    .toList();
        }
    }

    /** Up to where Kafka is known to have taken everything. */
    Position acknowledged() {
        try {
            var bytes = ByteBuffer.wrap(Files.readAllBytes(path.resolve(ACKNOWLEDGED)));
            var known = bytes.remaining() == ACKNOWLEDGED_SIZE
                    && Frames.checksum(bytes.array(), 0, ACKNOWLEDGED_SIZE - 4) == bytes.getInt(ACKNOWLEDGED_SIZE - 4);
            return known ? new Position(bytes.getLong(), bytes.getLong()) : Position.START;
        } catch (IOException unknown) {
            // Sending again what was taken is harmless: consumers know each request by its id.
            return Position.START;
        }
    }

    void acknowledged(Position position) throws IOException {
        var bytes = ByteBuffer.allocate(ACKNOWLEDGED_SIZE)
                .putLong(position.segment())
                .putLong(position.offset());
        bytes.putInt(Frames.checksum(bytes.array(), 0, bytes.position()));
        Files.write(path.resolve(ACKNOWLEDGED), bytes.array());
    }

    void deleteSegment(long number) throws IOException {
        Files.deleteIfExists(segment(number));
    }

    /** Removes everything: only once nothing in it is needed. */
    void delete() throws IOException {
        for (long number : segments()) {
            deleteSegment(number);
        }
        Files.deleteIfExists(path.resolve(ACKNOWLEDGED));
        Files.deleteIfExists(path.resolve(LOCK));
        close();
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException lockedAgain) {
            // Another process looked at it just now: it finds nothing in it and removes it.
        }
    }

    @Override
    public void close() throws IOException {
        if (lock.isValid()) {
            lock.release();
        }
        lockFile.close();
        HELD.remove(path);
    }

    private static boolean isJournal(Path path) {
        return Files.isDirectory(path)
                && NAME.matcher(path.getFileName().toString()).matches();
    }

    private static Optional<JournalDirectory> tryLock(Path path) throws IOException {
        if (!HELD.add(path)) {
            return Optional.empty();
        }
        Optional<JournalDirectory> locked = Optional.empty();
        try {
            locked = lock(path);
            return locked;
        } finally {
            if (locked.isEmpty()) {
                HELD.remove(path);
            }
        }
    }

    private static Optional<JournalDirectory> lock(Path path) throws IOException {
        FileChannel file;
        try {
            file = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (NoSuchFileException removedMeanwhile) {
            return Optional.empty();
        }
        var lock = file.tryLock();
        if (lock != null && Files.exists(path.resolve(LOCK))) {
            return Optional.of(new JournalDirectory(path, file, lock));
        }
        file.close();
        return Optional.empty();
    }
}
