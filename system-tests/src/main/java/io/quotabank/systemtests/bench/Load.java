package io.quotabank.systemtests.bench;

import java.io.BufferedInputStream;
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

    private final URI target;
    private final List<byte[]> requests;
    private final int connections;

    /** @param requests one per connection, taken in turn */
    Load(URI target, List<byte[]> requests, int connections) {
        this.target = target;
        this.requests = List.copyOf(requests);
        this.connections = connections;
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
            var request = requests.get(i % requests.size());
            long first = start + interval * i / connections;
            workers.add(() -> one(request, first, end, interval));
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

    private Result one(byte[] request, long first, long end, long interval) throws IOException {
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
            while (System.nanoTime() < end) {
                long began = due(due, interval);
                failures += exchange(out, in, request) == 200 ? 0 : 1;
                if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, count * 2);
                }
                latencies[count++] = System.nanoTime() - began;
                due += interval;
            }
        }
        return new Result(count, failures, 0, Arrays.copyOf(latencies, count));
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

    private static int exchange(OutputStream out, InputStream in, byte[] request) throws IOException {
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
        if (chunked) {
            skipChunks(in);
        } else {
            in.skipNBytes(Math.max(length, 0));
        }
        return Integer.parseInt(status.substring(9, 12));
    }

    private static void skipChunks(InputStream in) throws IOException {
        for (long size = Long.parseLong(line(in), 16); size > 0; size = Long.parseLong(line(in), 16)) {
            in.skipNBytes(size + 2);
        }
        line(in);
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
