package io.quotabank.ledger.seal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line each in a file, in a directory of another machine. */
final class AnchorFile implements AnchorPlace {

    static final String FILE = "anchors.csv";

    private static final Logger LOG = LoggerFactory.getLogger(AnchorFile.class);

    private static final int LINE_AT_MOST = 256;

    private final Path directory;

    AnchorFile(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Optional<Anchor> newest() {
        if (!Files.exists(directory.resolve(FILE))) {
            return Optional.empty();
        }
        return last(end(directory.resolve(FILE)));
    }

    private static Optional<Anchor> last(String end) {
        // A line that was cut short by a crash has no end: the one before it counts.
        int stop = end.lastIndexOf('\n');
        int start = end.lastIndexOf('\n', stop - 1) + 1;
        return stop < 0 ? Optional.empty() : Optional.of(Anchor.of(end.substring(start, stop)));
    }

    /** Appends, unless another process has meanwhile appended this one or one of a higher block. */
    @Override
    public boolean add(Anchor anchor) {
        try {
            Files.createDirectories(directory);
            var file = directory.resolve(FILE);
            // Appending is all that it does: the directory may allow nothing else.
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                lock(channel);
                var end = end(file);
                cutShort(file, end);
                var last = last(end);
                if (last.isPresent() && last.get().number() >= anchor.number()) {
                    return last.get().number() > anchor.number()
                            || last.get().hash().equals(anchor.hash());
                }
                channel.write(ByteBuffer.wrap(anchor.line().getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            return true;
        } catch (IOException refused) {
            throw new UncheckedIOException("the head can't be anchored", refused);
        }
    }

    // Until the channel is closed. Not every directory of another machine knows locks; anchors are worth more than an
    // order that only several processes at the same instant could break.
    private static void lock(FileChannel channel) {
        try {
            channel.lock();
        } catch (IOException unknown) {
            LOG.debug("anchors are written without a lock", unknown);
        }
    }

    /** Takes away a line that a crash has cut short. Where only appends are allowed this fails, and a person is to do it. */
    private static void cutShort(Path file, String end) throws IOException {
        int rest = end.length() - (end.lastIndexOf('\n') + 1);
        if (rest > 0) {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - rest);
            }
        }
    }

    private static String end(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int size = (int) Math.min(channel.size(), 2L * LINE_AT_MOST);
            var bytes = ByteBuffer.allocate(size);
            while (bytes.hasRemaining() && channel.read(bytes, channel.size() - bytes.remaining()) >= 0) {
                // Reads on.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("anchors can't be read", unreadable);
        }
    }
}
