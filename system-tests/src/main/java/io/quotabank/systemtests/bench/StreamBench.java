package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A thousand streams of 20 events a second each, through gateway and proxy with full accounting, beside the same through
 * nginx and from the bare provider: processor time of an event, time to the first one, memory of an open stream.
 */
final class StreamBench {

    // Not the demo's: its keys have a pace of their own, and would take their part of the streams.
    private static final String MODEL = "gpt-4.1-mini";
    private static final int PER_SECOND = 20;
    private static final int STREAMS = Integer.getInteger("quotabank.bench.streams", 1_000);
    private static final Duration RAMP = Bench.seconds("ramp", 10);
    private static final Duration MEASURE = Bench.seconds("stream-measure", 15);
    private static final Duration MARGIN = Duration.ofSeconds(2);
    private static final Duration REST = Duration.ofSeconds(5);
    // Each with so many times as many streams as the one before: nothing is compiled yet, nobody known.
    private static final int STEP = 4;
    private static final int WARM_UPS = 3;

    /** @param cpuPerEvent microseconds of the processes measured; 0 without any */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Run(double cpuPerEvent, double eventsPerSecond, long[] firstEvents, double kilobytes) {
        double firstMs(double share) {
            return firstEvents[(int) Math.min(firstEvents.length - 1, firstEvents.length * share)] / 1e6;
        }
    }

    private final Stack stack;
    private final Processes processes;
    private final Results results;

    StreamBench(Stack stack, Results results) {
        this.stack = stack;
        this.processes = new Processes(stack);
        this.results = results;
    }

    void run() throws Exception {
        var provider = URI.create(stack.sandbox());
        var gateway = URI.create(stack.gateway());
        try (var buyers = new Buyers(stack, MODEL, PER_SECOND);
                var nginx =
                        Nginx.start(provider, stack.directory().resolve("bench").resolve("nginx"))) {
            var theirs = List.of(Load.chat(provider, buyers.apiKey(), body()));
            var ours = buyers.accessKeys().stream()
                    .map(key -> Load.chat(gateway, key, body()))
                    .toList();
            Bench.say("stream: the bare provider");
            var base = measured(provider, theirs, STREAMS, List.of(), null);
            Bench.say("stream: nginx");
            var plain = measured(nginx.url(), theirs, STREAMS, nginx.pids(), null);
            buyers.accessKeys().forEach(this::greet);
            for (int i = WARM_UPS - 1; i >= 0; i--) {
                int count = Math.max(1, STREAMS / (int) Math.pow(STEP, i));
                Bench.say("stream: gateway and proxy, warming up with " + count);
                measured(gateway, ours, count, List.of(), null);
            }
            Bench.say("stream: gateway and proxy");
            var hops = processes.of(Processes.HOPS);
            Thread.sleep(REST);
            tell(base, plain, measured(gateway, ours, STREAMS, hops, hops));
        }
    }

    /** One after another: the first request of a person is looked up, by processes that have compiled nothing yet. */
    private void greet(String accessKey) {
        var hello = Map.of(
                "model", MODEL, "max_tokens", 1, "messages", List.of(Map.of("role", "user", "content", "Hello")));
        Http.post(stack.gateway() + "/v1/chat/completions", accessKey, hello);
    }

    private void tell(Run base, Run plain, Run ours) {
        var chart = "Time to the first event, with up to " + STREAMS + " streams open, milliseconds";
        results.percentiles(chart, "provider alone", base.firstEvents());
        results.percentiles(chart, "through nginx", plain.firstEvents());
        results.percentiles(chart, "through gateway and proxy", ours.firstEvents());
        results.add("sandbox.stream_events_per_second", base.eventsPerSecond(), "1/s");
        results.add("sandbox.first_token_p50_ms", base.firstMs(0.5), "ms");
        results.add("sandbox.first_token_p99_ms", base.firstMs(0.99), "ms");
        results.add("nginx.cpu_us_per_chunk", plain.cpuPerEvent(), "us");
        results.add("nginx.first_token_added_p50_ms", plain.firstMs(0.5) - base.firstMs(0.5), "ms");
        results.add("nginx.first_token_added_p99_ms", plain.firstMs(0.99) - base.firstMs(0.99), "ms");
        results.add("stream.events_per_second", ours.eventsPerSecond(), "1/s");
        results.add("stream.cpu_us_per_chunk", ours.cpuPerEvent(), "us", plain.cpuPerEvent());
        results.add("stream.first_token_added_p50_ms", ours.firstMs(0.5) - base.firstMs(0.5), "ms");
        results.add("stream.first_token_added_p99_ms", ours.firstMs(0.99) - base.firstMs(0.99), "ms");
        results.add("stream.kb_per_stream", ours.kilobytes(), "kB");
    }

    /** @param hold whose memory is looked at while all streams are open */
    private static Run measured(
            URI target, List<byte[]> requests, int count, Collection<Long> pids, @Nullable Collection<Long> hold)
            throws IOException, InterruptedException {
        double before = hold == null ? 0 : Memory.kilobytes(hold);
        try (var streams = new Streams(target, requests, count)) {
            streams.ramp(RAMP);
            streams.read(MARGIN);
            long chunks = streams.chunks();
            double cpu = Cpu.micros(pids);
            long start = System.nanoTime();
            streams.read(MEASURE);
            double cpuPerEvent = (Cpu.micros(pids) - cpu) / (streams.chunks() - chunks);
            double perSecond = (streams.chunks() - chunks) / ((System.nanoTime() - start) / 1e9);
            if (streams.open() < count) {
                throw new IllegalStateException(count - streams.open() + " streams ended while they were measured, "
                        + streams.whole() + " of them whole; the first other one: " + streams.firstFailure());
            }
            double kilobytes = hold == null ? 0 : (Memory.kilobytes(hold) - before) / count;
            streams.read(RAMP.plus(MEASURE).plusMinutes(1));
            if (streams.failures() > 0) {
                throw new IllegalStateException(streams.failures() + " of " + count + " streams failed; the first one: "
                        + streams.firstFailure());
            }
            return new Run(cpuPerEvent, perSecond, streams.firstEvents(), kilobytes);
        }
    }

    /** So long that the first stream is still open when the last has been measured. */
    private static String body() {
        long tokens = RAMP.plus(MEASURE).plus(MARGIN).plus(MARGIN).plus(REST).toSeconds() * PER_SECOND;
        return "{\"model\":\"" + MODEL + "\",\"stream\":true,\"max_tokens\":" + tokens
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a long story about a lighthouse.\"}]}";
    }
}
