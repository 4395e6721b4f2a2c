package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.People;
import io.quotabank.systemtests.stack.Sandbox;
import io.quotabank.systemtests.stack.Seller;
import io.quotabank.systemtests.stack.Stack;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * {@code ./quotabank bench}: a chat request that is not streamed, through gateway and proxy with full accounting, beside
 * the same request through nginx, against the same provider in the same run.
 */
public final class Bench {

    private static final int CONNECTIONS = 32;
    private static final int BUYERS = 16;
    private static final String MODEL = "gpt-4o-mini";
    private static final Duration WARM_UP = seconds("quotabank.bench.warm-up", 60);
    private static final Duration MEASURE = seconds("quotabank.bench.measure", 20);

    private final Stack stack;
    private final Seller seller;
    private final Results results = new Results();

    private Bench(Stack stack) {
        this.stack = stack;
        this.seller = new Seller(stack, new People(stack).token("seller"));
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && !arguments[0].equals("chat")) {
            System.err.println("There is no benchmark called " + arguments[0] + "; there is: chat");
            System.exit(2);
        }
        var stack = Stack.running();
        var bench = new Bench(stack);
        bench.chat();
        var directory = stack.directory().resolve("bench");
        bench.results.write(directory.resolve("results.json"));
        bench.results.writeReport(
                directory.resolve("report.html"), Instant.now().toString());
        System.out.println();
        System.out.print(bench.results.table());
        System.out.println("written to results.json and report.html in " + directory);
    }

    private void chat() throws Exception {
        var provider = URI.create(stack.sandbox());
        var gateway = URI.create(stack.gateway());
        var apiKey = "sk-bench-" + UUID.randomUUID();
        new Sandbox(stack).key(apiKey, List.of(MODEL), null, 0);
        var direct = List.of(Load.chat(provider, apiKey, body()));
        var deposit = deposited(apiKey);
        try (var nginx =
                Nginx.start(provider, stack.directory().resolve("bench").resolve("nginx"))) {
            var ours = buyers(gateway);
            var throughNginx = new Load(nginx.url(), direct, CONNECTIONS);
            var throughUs = new Load(gateway, ours, CONNECTIONS);
            double floor = floor(throughNginx, nginx);
            double perSecond = capacity(throughUs, floor);
            latency(new Load(provider, direct, CONNECTIONS), throughNginx, throughUs, perSecond / 2);
        } finally {
            withdraw(deposit.keyId());
        }
    }

    private double floor(Load load, Nginx nginx) throws Exception {
        say("nginx: warming up");
        load.closedLoop(Duration.ofSeconds(3));
        double before = Cpu.micros(nginx.pids());
        var result = whole(load.closedLoop(MEASURE));
        double cpu = (Cpu.micros(nginx.pids()) - before) / result.requests();
        results.add("nginx.requests_per_second", result.perSecond(), "1/s");
        results.add("nginx.cpu_us_per_request", cpu, "us");
        return cpu;
    }

    private double capacity(Load load, double floor) throws Exception {
        say("gateway and proxy: warming up");
        load.closedLoop(WARM_UP);
        say("gateway and proxy: measuring");
        Supplier<List<Long>> hops = () -> pids(List.of("gateway-service", "proxy-service"));
        double before = Cpu.micros(hops.get());
        double gatewayBefore = Cpu.micros(pids(List.of("gateway-service")));
        double allBefore = Cpu.micros(allPids());
        var result = whole(load.closedLoop(MEASURE));
        double cpu = (Cpu.micros(hops.get()) - before) / result.requests();
        double gateway = (Cpu.micros(pids(List.of("gateway-service"))) - gatewayBefore) / result.requests();
        double all = (Cpu.micros(allPids()) - allBefore) / result.requests();
        results.add("chat.requests_per_second", result.perSecond(), "1/s");
        results.add("chat.cpu_us_per_request", cpu, "us", floor);
        results.add("chat.gateway_cpu_us_per_request", gateway, "us", floor);
        results.add("chat.proxy_cpu_us_per_request", cpu - gateway, "us", floor);
        results.add("chat.all_processes_cpu_us_per_request", all, "us", floor);
        return result.perSecond();
    }

    private void latency(Load direct, Load nginx, Load ours, double perSecond) throws Exception {
        say(String.format(Locale.ROOT, "latency at %.0f requests a second", perSecond));
        var base = whole(direct.atRate(MEASURE, perSecond));
        var plain = whole(nginx.atRate(MEASURE, perSecond));
        var through = whole(ours.atRate(MEASURE, perSecond));
        results.latency("provider alone", base);
        results.latency("through nginx", plain);
        results.latency("through gateway and proxy", through);
        results.add("nginx.added_p50_ms", plain.percentileMs(0.5) - base.percentileMs(0.5), "ms");
        results.add("nginx.added_p99_ms", plain.percentileMs(0.99) - base.percentileMs(0.99), "ms");
        results.add("chat.added_p50_ms", through.percentileMs(0.5) - base.percentileMs(0.5), "ms");
        results.add("chat.added_p99_ms", through.percentileMs(0.99) - base.percentileMs(0.99), "ms");
    }

    /** Every process of the suite but the provider, which stands for the world outside. */
    private List<Long> allPids() {
        var pids = new ArrayList<Long>();
        for (var part : stack.read().path("services").properties()) {
            if (!part.getKey().equals("sandbox")) {
                part.getValue()
                        .forEach(instance ->
                                pids.addAll(Cpu.tree(instance.path("pid").asLong())));
            }
        }
        return pids;
    }

    private List<Long> pids(List<String> services) {
        return services.stream()
                .flatMap(service -> stack.instances(service).stream())
                .map(Stack.Instance::pid)
                .toList();
    }

    private Seller.Deposit deposited(String apiKey) throws InterruptedException {
        var deposit = seller.deposit(apiKey, List.of(MODEL));
        if (!deposit.status().equals("active")) {
            throw new IllegalStateException("the bench's key was not taken: " + deposit.status());
        }
        return deposit;
    }

    // It is so fast that it would serve the demo's calls as well, for as long as the suite lives.
    private void withdraw(UUID keyId) {
        var answer = seller.change(keyId, "withdraw");
        if (answer.status() / 100 != 2) {
            System.err.println("The bench's key " + keyId + " could not be withdrawn: " + answer.body());
        }
    }

    private List<byte[]> buyers(URI gateway) {
        var people = new People(stack);
        var requests = new ArrayList<byte[]>();
        for (int i = 0; i < BUYERS; i++) {
            var newcomer = people.signUp();
            var token = people.token(newcomer.username(), newcomer.password());
            Http.get(stack.gateway() + "/api/credits/balance/" + newcomer.userId(), token);
            people.recharge(newcomer.userId(), BigDecimal.valueOf(1_000_000));
            requests.add(Load.chat(gateway, people.accessKey(token, "bench"), body()));
        }
        return requests;
    }

    private static String body() {
        return "{\"model\":\"" + MODEL + "\",\"max_tokens\":32,\"temperature\":0.2,\"messages\":["
                + "{\"role\":\"system\",\"content\":\"You are a helpful assistant that answers briefly.\"},"
                + "{\"role\":\"user\",\"content\":\"What is the capital of France, and how many people live there?\"}]}";
    }

    private static Load.Result whole(Load.Result result) {
        if (result.failures() > 0) {
            throw new IllegalStateException(result.failures() + " of " + result.requests() + " requests failed");
        }
        return result;
    }

    private static Duration seconds(String property, int otherwise) {
        return Duration.ofSeconds(Integer.getInteger(property, otherwise));
    }

    private static void say(String text) {
        System.out.println(text);
    }
}
