package io.quotabank.systemtests.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Spending leases, opened at a steady rate over HTTP as proxies do it: each request opens one and closes the person's last.
 * By themselves and while usage events settle. Half of the people have credits that expire.
 */
final class LeaseBench {

    private static final Duration WARM_UP = Bench.seconds("lease-warm-up", 20);
    private static final int RATE = Integer.getInteger("quotabank.bench.lease-rate", 1_000);
    private static final int CONNECTIONS = 64;
    private static final int PEOPLE = 2_000;
    // Odd, so that every second one has credits that expire.
    private static final int ONE_IN = 7;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final String CHART = "Opening a lease, " + RATE + " a second, milliseconds";

    private final Ledger ledger;
    private final List<UUID> people;
    private final Results results;
    private final List<Holder> holders;

    LeaseBench(Ledger ledger, List<UUID> people, Results results) {
        this.ledger = ledger;
        this.people = people;
        this.results = results;
        this.holders = IntStream.range(0, CONNECTIONS).mapToObj(Holder::new).toList();
    }

    void alone(Duration measure) throws Exception {
        Bench.say("ledger: " + RATE + " leases a second, warming up");
        WarmUp.requests(ledger, "a lease", () -> load().atRate(WARM_UP, RATE));
        Bench.say("ledger: " + RATE + " leases a second");
        add("lease", "by themselves", Load.whole(load().atRate(measure, RATE)));
    }

    /** @param rate of events, a second */
    void besideEvents(UsageFeed feed, int rate, Backlog backlog, Duration measure) throws Exception {
        var made = feed.make((int) measure.toSeconds() * rate);
        ledger.awaitPublished();
        Bench.say("ledger: " + RATE + " leases a second beside " + rate + " events a second");
        var sender = Thread.ofPlatform().start(() -> feed.sendAtRate(made, rate));
        var result = Load.whole(load().atRate(measure, RATE));
        sender.join();
        backlog.awaitAll();
        add("lease.beside_settlement", "beside settlement", result);
    }

    void besideBacklog(Backlog backlog, int events) throws Exception {
        Bench.say("ledger: making a backlog");
        backlog.make(events);
        Bench.say("ledger: settling it beside " + RATE + " leases a second");
        var load = load();
        try (var thread = Executors.newSingleThreadExecutor()) {
            Callable<Load.Result> open = () -> load.atRate(LONGEST, RATE);
            var leases = thread.submit(open);
            try {
                var settled = backlog.settle();
                results.add("settle.beside_leases_events_per_second", settled.perSecond(), "1/s");
            } finally {
                load.stop();
            }
            results.add(
                    "settle.beside_leases_leases_per_second",
                    Load.whole(leases.get()).perSecond(),
                    "1/s");
        }
        backlog.awaitAll();
    }

    private void add(String name, String line, Load.Result result) {
        results.add(name + ".p50_ms", result.percentileMs(0.5), "ms");
        results.add(name + ".p99_ms", result.percentileMs(0.99), "ms");
        results.percentiles(CHART, line, result.latencies());
    }

    private Load load() {
        return new Load(ledger.url(), holders::get, CONNECTIONS);
    }

    /** A connection, and the people whose leases are opened over it: so none of them is asked for twice at once. */
    private final class Holder implements Load.Talk {

        private final List<UUID> own;
        private final @Nullable UUID[] open;
        private final Random random;
        private int turn;

        Holder(int connection) {
            own = IntStream.range(0, PEOPLE)
                    .filter(i -> i % CONNECTIONS == connection)
                    .mapToObj(i -> people.get(i * ONE_IN % people.size()))
                    .toList();
            open = new UUID[own.size()];
            random = new Random(connection);
        }

        @Override
        public byte[] next() {
            turn = (turn + 1) % own.size();
            var lease = Traffic.timeOrdered(random);
            var last = open[turn];
            var replaced = last == null
                    ? ""
                    : "{\"leaseId\":\"" + last + "\",\"sequence\":1,\"spent\":0,\"inFlight\":[],\"last\":true}";
            open[turn] = lease;
            return ledger.post(
                    "/internal/leases",
                    "{\"leaseId\":\"" + lease + "\",\"userId\":\"" + own.get(turn)
                            + "\",\"instance\":\"bench\",\"recallUrl\":\"http://127.0.0.1:9/\",\"need\":1,"
                            + "\"want\":1000000,\"replaced\":[" + replaced + "]}");
        }

        @Override
        public boolean reads() {
            return true;
        }

        @Override
        public byte @Nullable [] answered(int status, byte[] body) {
            if (status == 200 && !new String(body, StandardCharsets.UTF_8).contains("\"granted\":1000000,")) {
                throw new IllegalStateException("a lease was not granted");
            }
            return null;
        }
    }
}
