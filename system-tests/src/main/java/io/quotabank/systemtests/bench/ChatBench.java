package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A chat request that is not streamed, through gateway and proxy with full accounting, beside the same request through
 * nginx, against the same provider.
 */
final class ChatBench {

    private static final int CONNECTIONS = 32;
    private static final String MODEL = "gpt-4o-mini";
    private static final Duration WARM_UP = Bench.seconds("warm-up", 60);
    private static final Duration MEASURE = Bench.seconds("measure", 20);

    private final Stack stack;
    private final Processes processes;
    private final Results results;

    ChatBench(Stack stack, Results results) {
        this.stack = stack;
        this.processes = new Processes(stack);
        this.results = results;
    }

    void run() throws Exception {
        var provider = URI.create(stack.sandbox());
        var gateway = URI.create(stack.gateway());
        try (var buyers = new Buyers(stack, MODEL, 0);
                var nginx =
                        Nginx.start(provider, stack.directory().resolve("bench").resolve("nginx"))) {
            var theirs = List.of(Load.chat(provider, buyers.apiKey(), body()));
            var ours = buyers.accessKeys().stream()
                    .map(key -> Load.chat(gateway, key, body()))
                    .toList();
            var direct = new Load(provider, theirs, CONNECTIONS);
            var throughNginx = new Load(nginx.url(), theirs, CONNECTIONS);
            var throughUs = new Load(gateway, ours, CONNECTIONS);
            bare(direct);
            double floor = floor(throughNginx, nginx);
            double perSecond = capacity(throughUs, floor);
            latency(direct, throughNginx, throughUs, perSecond / 2);
        }
    }

    private void bare(Load load) throws Exception {
        Bench.say("chat: the bare provider");
        load.closedLoop(Duration.ofSeconds(3));
        results.add(
                "sandbox.requests_per_second",
                Load.whole(load.closedLoop(MEASURE)).perSecond(),
                "1/s");
    }

    private double floor(Load load, Nginx nginx) throws Exception {
        Bench.say("chat: nginx");
        load.closedLoop(Duration.ofSeconds(3));
        double before = Cpu.micros(nginx.pids());
        var result = Load.whole(load.closedLoop(MEASURE));
        double cpu = (Cpu.micros(nginx.pids()) - before) / result.requests();
        results.add("nginx.requests_per_second", result.perSecond(), "1/s");
        results.add("nginx.cpu_us_per_request", cpu, "us");
        return cpu;
    }

    private double capacity(Load load, double floor) throws Exception {
        var hops = processes.of(Processes.HOPS);
        warmUp(load, hops);
        Bench.say("chat: gateway and proxy");
        var gateways = processes.of(List.of("gateway-service"));
        var everything = processes.all();
        double before = Cpu.micros(hops);
        double gatewayBefore = Cpu.micros(gateways);
        double allBefore = Cpu.micros(everything);
        var result = Load.whole(load.closedLoop(MEASURE));
        double cpu = (Cpu.micros(hops) - before) / result.requests();
        double gateway = (Cpu.micros(gateways) - gatewayBefore) / result.requests();
        double all = (Cpu.micros(everything) - allBefore) / result.requests();
        results.add("chat.requests_per_second", result.perSecond(), "1/s");
        results.add("chat.cpu_us_per_request", cpu, "us", floor);
        results.add("chat.gateway_cpu_us_per_request", gateway, "us", floor);
        results.add("chat.proxy_cpu_us_per_request", cpu - gateway, "us", floor);
        results.add("chat.all_processes_cpu_us_per_request", all, "us", floor);
        return result.perSecond();
    }

    private static void warmUp(Load load, List<Long> hops) throws Exception {
        Bench.say("chat: gateway and proxy, warming up");
        load.closedLoop(WARM_UP);
        WarmUp.untilSteady("chat", "a request", () -> {
            double before = Cpu.micros(hops);
            var result = Load.whole(load.closedLoop(MEASURE));
            return (Cpu.micros(hops) - before) / result.requests();
        });
    }

    private void latency(Load direct, Load nginx, Load ours, double perSecond) throws Exception {
        Bench.say(String.format(Locale.ROOT, "chat: latency at %.0f requests a second", perSecond));
        var base = Load.whole(direct.atRate(MEASURE, perSecond));
        var plain = Load.whole(nginx.atRate(MEASURE, perSecond));
        var through = Load.whole(ours.atRate(MEASURE, perSecond));
        var chart = "Latency of a chat request at half load, milliseconds";
        results.percentiles(chart, "provider alone", base.latencies());
        results.percentiles(chart, "through nginx", plain.latencies());
        results.percentiles(chart, "through gateway and proxy", through.latencies());
        results.add("sandbox.p50_ms", base.percentileMs(0.5), "ms");
        results.add("sandbox.p99_ms", base.percentileMs(0.99), "ms");
        results.add("nginx.added_p50_ms", plain.percentileMs(0.5) - base.percentileMs(0.5), "ms");
        results.add("nginx.added_p99_ms", plain.percentileMs(0.99) - base.percentileMs(0.99), "ms");
        results.add("chat.added_p50_ms", through.percentileMs(0.5) - base.percentileMs(0.5), "ms");
        results.add("chat.added_p99_ms", through.percentileMs(0.99) - base.percentileMs(0.99), "ms");
    }

    private static String body() {
        return "{\"model\":\"" + MODEL + "\",\"max_tokens\":32,\"temperature\":0.2,\"messages\":["
                + "{\"role\":\"system\",\"content\":\"You are a helpful assistant that answers briefly.\"},"
                + "{\"role\":\"user\",\"content\":\"What is the capital of France, and how many people live there?\"}]}";
    }
}
