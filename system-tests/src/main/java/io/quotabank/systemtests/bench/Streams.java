package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many streams at once, each on a connection of its own, opened one after another within a ramp; one thread reads them
 * all, so that the generator costs little beside what is measured.
 */
final class Streams implements AutoCloseable {

    private static final String OK = "HTTP/1.1 200";
    private static final byte[] EVENT = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FAILED = "\"error\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    /** Counts a word in bytes that come in pieces. The word's first byte is nowhere else in it. */
    private static final class Finder {
        private final byte[] word;
        private int matched;

        Finder(byte[] word) {
            this.word = word;
        }

        boolean found(byte next) {
            matched = next == word[matched] ? matched + 1 : next == word[0] ? 1 : 0;
            if (matched < word.length) {
                return false;
            }
            matched = 0;
            return true;
        }
    }

    private static final class Stream {
        private final byte[] request;
        private final Finder events = new Finder(EVENT);
        private final Finder failures = new Finder(FAILED);
        private final Finder ends = new Finder(LAST);
        private final Chunks chunks = new Chunks();
        private long sentNs;
        private long firstNs;
        private boolean answered;
        private boolean done;
        private boolean failed;
        private String newest = "";

        Stream(byte[] request) {
            this.request = request;
        }
    }

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private final byte[] bytes = new byte[256 << 10];
    private final Stream[] streams;
    private final URI target;
    private @Nullable Stream firstFailure;
    private int opened;
    private int open;
    private long chunks;

    /** @param requests one per stream, taken in turn */
    Streams(URI target, List<byte[]> requests, int count) throws IOException {
        this.target = target;
        this.streams = new Stream[count];
        Arrays.setAll(streams, i -> new Stream(requests.get(i % requests.size())));
    }

    /** Opens all of them, evenly over this time, and reads meanwhile. */
    void ramp(Duration time) throws IOException {
        long start = System.nanoTime();
        while (opened < streams.length) {
            long due = start + time.toNanos() * opened / streams.length;
            if (System.nanoTime() >= due) {
                connect(streams[opened++]);
            } else {
                read((due - System.nanoTime()) / 1_000_000);
            }
        }
    }

    /** Reads for so long, or until all have ended. */
    void read(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        while (open > 0 && System.nanoTime() < end) {
            read(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
    }

    /** Events that have come so far, on all of them. */
    long chunks() {
        return chunks;
    }

    int open() {
        return open;
    }

    /** Streams that ended without their last event, or told an error. */
    long failures() {
        return Arrays.stream(streams)
                .filter(stream -> stream.failed || !stream.done)
                .count();
    }

    /** Streams that have come to their last event. */
    long whole() {
        return Arrays.stream(streams).filter(stream -> stream.done).count();
    }

    /** What came last on the first stream that ended otherwise, or told an error; empty where none did. */
    String firstFailure() {
        return firstFailure == null ? "" : firstFailure.newest;
    }

    /** Nanoseconds from a request to its first event, of each stream, sorted. */
    long[] firstEvents() {
        return Arrays.stream(streams)
                .mapToLong(stream -> stream.firstNs - stream.sentNs)
                .sorted()
                .toArray();
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private void connect(Stream stream) throws IOException {
        var channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        stream.sentNs = System.nanoTime();
        channel.connect(new InetSocketAddress(target.getHost(), target.getPort()));
        var request = ByteBuffer.wrap(stream.request);
        while (request.hasRemaining()) {
            channel.write(request);
        }
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, stream);
        open++;
    }

    private void read(long atMostMs) throws IOException {
        selector.select(key -> take((SocketChannel) key.channel(), (Stream) key.attachment()), Math.max(1, atMostMs));
    }

    private void take(SocketChannel channel, Stream stream) {
        try {
            buffer.clear();
            int length = channel.read(buffer);
            if (length < 0) {
                fail(stream);
                end(channel);
                return;
            }
            buffer.flip().get(bytes, 0, length);
            var newest = stream.answered ? "" : new String(bytes, 0, length, StandardCharsets.UTF_8);
            if (!stream.answered && !newest.startsWith(OK)) {
                stream.newest = newest;
                fail(stream);
                end(channel);
                return;
            }
            stream.answered = true;
            scan(stream, stream.chunks.unframe(bytes, length));
            if (stream.failed && stream.newest.isEmpty()) {
                stream.newest = new String(bytes, 0, length, StandardCharsets.UTF_8);
                fail(stream);
            }
            if (stream.done) {
                end(channel);
            }
        } catch (IOException broken) {
            stream.newest = broken.toString();
            fail(stream);
            end(channel);
        }
    }

    private void fail(Stream stream) {
        stream.failed = true;
        firstFailure = firstFailure == null ? stream : firstFailure;
    }

    private void scan(Stream stream, int length) {
        for (int i = 0; i < length; i++) {
            if (stream.events.found(bytes[i])) {
                chunks++;
                stream.firstNs = stream.firstNs == 0 ? System.nanoTime() : stream.firstNs;
            }
            stream.failed |= stream.failures.found(bytes[i]);
            stream.done |= stream.ends.found(bytes[i]);
        }
    }

    private void end(SocketChannel channel) {
        open--;
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // Nothing to do about it.
        }
    }
}
