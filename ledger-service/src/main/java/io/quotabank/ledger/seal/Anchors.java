package io.quotabank.ledger.seal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Heads of the chain as they were, a line each, in a file that the database's keepers can't reach: whoever writes the
 * whole table anew, hashes included, has another chain than the one noted here.
 */
@Component
class Anchors {

    /**
     * @param number of the block that was the head
     * @param hash in hex
     */
    record Anchor(long number, String hash) {}

    static final String FILE = "anchors.csv";

    private static final int LINE_AT_MOST = 256;

    private final @Nullable Path directory;
    private final Clock clock;

    Anchors(SealProperties properties, Clock clock) {
        this.directory = properties.anchorDirectory();
        this.clock = clock;
    }

    /** The newest one; empty where there is none, or none are kept. */
    Optional<Anchor> last() {
        if (directory == null || !Files.exists(directory.resolve(FILE))) {
            return Optional.empty();
        }
        var end = end(directory.resolve(FILE));
        // A line that was cut short by a crash has no end: the one before it counts.
        int stop = end.lastIndexOf('\n');
        int start = end.lastIndexOf('\n', stop - 1) + 1;
        return stop < 0 ? Optional.empty() : Optional.of(anchor(end.substring(start, stop)));
    }

    /** On disk when this returns. */
    void add(Block head) {
        if (directory == null) {
            return;
        }
        try {
            Files.createDirectories(directory);
            var file = directory.resolve(FILE);
            var line = head.number() + "," + head.hash() + "," + clock.instant() + "\n";
            try (var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
                channel.truncate(whole(channel));
                channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)), channel.size());
                channel.force(true);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("the head can't be anchored", refused);
        }
    }

    // Up to the end of the last whole line.
    private static long whole(FileChannel channel) throws IOException {
        var end = end(channel);
        return channel.size() - (end.length() - (end.lastIndexOf('\n') + 1));
    }

    private static String end(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return end(channel);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("anchors can't be read", unreadable);
        }
    }

    private static String end(FileChannel channel) throws IOException {
        int size = (int) Math.min(channel.size(), 2L * LINE_AT_MOST);
        var bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining() && channel.read(bytes, channel.size() - bytes.remaining()) >= 0) {
            // Reads on.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }

    private static Anchor anchor(String line) {
        var fields = line.split(",", -1);
        return new Anchor(Long.parseLong(fields[0]), fields[1]);
    }
}
