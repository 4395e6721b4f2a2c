package io.quotabank.systemtests.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A load of one kind of request over keep-alive connections, written on plain sockets so that the generator costs little
 * beside what is measured.
 */
final class Load {

    /** @param latencies of all requests, sorted, in nanoseconds; measured from when each was due */
    @SuppressWarnings("ArrayRecordComponent") // never compared; millions of samples
    record Result(long requests, long failures, double seconds, long[] latencies) {
        double perSecond() {
            return requests / seconds;
        }

        double percentileMs(double share) {
            return latencies.length == 0
                    ? 0
                    : latencies[(int) Math.min(latencies.length - 1, latencies.length * share)] / 1e6;
        }
    }

    /** What a connection sends, one request after the other. */
    interface Talk {

        byte[] next();

        /** Whether bodies of answers are wanted. */
        default boolean reads() {
            return false;
        }

        /**
         * Takes an answer.
         *
         * @param body nothing unless bodies are wanted
         * @return a request that belongs to it and is sent at once, whose latency does not count; null for none
         */
        default byte @Nullable [] answered(int status, byte[] body) {
            return null;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, byte[] body) {}

    private static final byte[] NOTHING = {};

    private final URI target;
    private final IntFunction<Talk> talks;
    private final int connections;
    private volatile boolean stopped;

    /** @param requests one per connection, taken in turn */
    Load(URI target, List<byte[]> requests, int connections) {
        this(
                target,
                connection -> {
                    var request = requests.get(connection % requests.size());
                    return () -> request;
                },
                connections);
    }

    /** @param talks by the connection's number */
    Load(URI target, IntFunction<Talk> talks, int connections) {
        this.target = target;
        this.talks = talks;
        this.connections = connections;
    }

    /** Ends a run before its time: what was sent is still waited for. */
    void stop() {
        stopped = true;
    }

    /** The result, if all of its requests were answered with 200. */
    static Result whole(Result result) {
        if (result.failures() > 0) {
            throw new IllegalStateException(result.failures() + " of " + result.requests() + " requests failed");
        }
        return result;
    }

    static byte[] chat(URI target, String bearer, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = "POST /v1/chat/completions HTTP/1.1\r\nHost: " + target.getAuthority() + "\r\nAuthorization: Bearer "
                + bearer + "\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        var start = head.getBytes(StandardCharsets.US_ASCII);
        var all = Arrays.copyOf(start, start.length + bytes.length);
        System.arraycopy(bytes, 0, all, start.length, bytes.length);
        return all;
    }

    /** As fast as the connections allow: each sends its next request when it has the answer. */
    Result closedLoop(Duration time) throws Exception {
        return run(time, 0);
    }

    /** At a fixed rate whatever the answers do, so that waiting counts as latency. */
    Result atRate(Duration time, double perSecond) throws Exception {
        return run(time, perSecond);
    }

    private Result run(Duration time, double perSecond) throws Exception {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        long interval = perSecond == 0 ? 0 : (long) (connections * 1e9 / perSecond);
        var workers = new ArrayList<Callable<Result>>();
        for (int i = 0; i < connections; i++) {
            var talk = talks.apply(i);
            long first = start + interval * i / connections;
            workers.add(() -> one(talk, first, end, interval));
        }
        try (var threads = Executors.newFixedThreadPool(connections)) {
            long count = 0;
            long failures = 0;
            var latencies = new ArrayList<long[]>();
            for (var future : threads.invokeAll(workers)) {
                count += future.get().requests();
                failures += future.get().failures();
                latencies.add(future.get().latencies());
            }
            var all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
            return new Result(count, failures, (System.nanoTime() - start) / 1e9, all);
        }
    }

    private Result one(Talk talk, long first, long end, long interval) throws IOException {
        var latencies = new long[1 << 12];
        int count = 0;
        long failures = 0;
        long due = first;
        try (var socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(target.getHost(), target.getPort()));
            var out = socket.getOutputStream();
            var in = new BufferedInputStream(socket.getInputStream(), 16_384);
            while (System.nanoTime() < end && !stopped) {
                long began = due(due, interval);
                var answer = exchange(out, in, talk.next(), talk.reads());
                if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, count * 2);
                }
                latencies[count++] = System.nanoTime() - began;
                failures += failed(answer) + follow(talk, answer, out, in);
                due += interval;
            }
        }
        return new Result(count, failures, 0, Arrays.copyOf(latencies, count));
    }

    private static long follow(Talk talk, Answer answer, OutputStream out, InputStream in) throws IOException {
        long failures = 0;
        var last = answer;
        for (var more = talk.answered(last.status(), last.body()); more != null; ) {
            last = exchange(out, in, more, talk.reads());
            failures += failed(last);
            more = talk.answered(last.status(), last.body());
        }
        return failures;
    }

    private static int failed(Answer answer) {
        return answer.status() == 200 ? 0 : 1;
    }

    private static long due(long due, long interval) {
        if (interval == 0) {
            return System.nanoTime();
        }
        for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
            LockSupport.parkNanos(due - now);
        }
        return due;
    }

    private static Answer exchange(OutputStream out, InputStream in, byte[] request, boolean reads) throws IOException {
        out.write(request);
        var status = line(in);
        long length = -1;
        boolean chunked = false;
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(
                        lower.substring("content-length:".length()).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        int code = Integer.parseInt(status.substring(9, 12));
        if (chunked) {
            return new Answer(code, chunks(in, reads));
        }
        if (reads) {
            return new Answer(code, in.readNBytes((int) Math.max(length, 0)));
        }
        in.skipNBytes(Math.max(length, 0));
        return new Answer(code, NOTHING);
    }

    private static byte[] chunks(InputStream in, boolean reads) throws IOException {
        var body = reads ? new ByteArrayOutputStream() : null;
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            if (body == null) {
                in.skipNBytes(size);
            } else {
                body.writeBytes(in.readNBytes(size));
            }
            in.skipNBytes(2);
        }
        line(in);
        return body == null ? NOTHING : body.toByteArray();
    }

    private static String line(InputStream in) throws IOException {
        var text = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed");
            }
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }
}
