package io.quotabank.proxy.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one file of a journal from a position on. Damage is skipped to the next whole frame and counted. */
final class FrameReader implements Closeable {

    /** @param end where the next frame begins */
    record Frame(Entry entry, long end) {}

    private static final int WINDOW = 256 * 1024;

    private static final Logger log = LoggerFactory.getLogger(FrameReader.class);

    private final Path file;
    private final FileChannel channel;
    private byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;
    private long position;
    private long damagedBytes;

    FrameReader(Path file, long position) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.position = position;
    }

    /** The next whole frame that ends at {@code mostLimit} or before it; null where there is none. */
    @Nullable
    Frame next(long mostLimit) throws IOException {
        long limit = mostLimit == Long.MAX_VALUE ? channel.size() : mostLimit;
        var frame = at(position, limit);
        if (frame == null) {
            frame = behindDamage(limit);
        }
        if (frame != null) {
            position = frame.end();
        }
        return frame;
    }

    long position() {
        return position;
    }

    /** Bytes skipped since this was last asked because they were not a whole frame though one followed. */
    long takeDamaged() {
        long damaged = damagedBytes;
        damagedBytes = 0;
        if (damaged > 0) {
            log.error("{} damaged bytes in {} before {}: what they held is lost", damaged, file, position);
        }
        return damaged;
    }

    /** Counts as damage what is left up to the file's end: for a file that another one follows. */
    void skipRest() throws IOException {
        damagedBytes += channel.size() - position;
        position = channel.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private @Nullable Frame behindDamage(long limit) throws IOException {
        for (long at = position + 1; at + Frames.HEADER < limit; at++) {
            var frame = at(at, limit);
            if (frame != null) {
                damagedBytes += at - position;
                return frame;
            }
        }
        return null;
    }

    private @Nullable Frame at(long at, long limit) throws IOException {
        if (at + Frames.HEADER >= limit || !loaded(at, Frames.HEADER, limit) || intAt(at) != Frames.MARK) {
            return null;
        }
        int length = intAt(at + 4);
        long end = at + Frames.HEADER + length;
        if (length < 1 || length > Frames.LONGEST || end > limit || !loaded(at, Frames.HEADER + length, limit)) {
            return null;
        }
        int body = (int) (at - windowStart) + Frames.HEADER;
        if (Frames.checksum(window, body, length) != intAt(at + 8)) {
            return null;
        }
        try {
            return new Frame(Codec.decode(window, body, length), end);
        } catch (IOException notAnEntry) {
            return null;
        }
    }

    // Nothing behind the limit is kept: it may still be being written.
    private boolean loaded(long at, int length, long limit) throws IOException {
        if (at >= windowStart && at + length <= windowStart + windowLength) {
            return true;
        }
        if (length > window.length) {
            window = new byte[length];
        }
        var into = ByteBuffer.wrap(window, 0, (int) Math.min(window.length, limit - at));
        windowStart = at;
        windowLength = 0;
        while (into.hasRemaining()) {
            int read = channel.read(into, at + into.position());
            if (read < 0) {
                break;
            }
        }
        windowLength = into.position();
        return windowLength >= length;
    }

    private int intAt(long at) {
        return ByteBuffer.wrap(window).getInt((int) (at - windowStart));
    }
}
