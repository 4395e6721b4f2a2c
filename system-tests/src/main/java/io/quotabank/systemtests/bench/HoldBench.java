package io.quotabank.systemtests.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Holds of an application, opened at a steady rate over HTTP, each released as soon as it is open; by themselves and
 * while usage events settle. Half of the people have credits that expire.
 */
final class HoldBench {

    private static final Duration WARM_UP = Bench.seconds("hold-warm-up", 30);
    private static final int RATE = Integer.getInteger("quotabank.bench.hold-rate", 1_000);
    private static final int CONNECTIONS = 64;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final String PATH = "/api/credits/holds";
    private static final String ID = "\"id\":\"";
    private static final int UUID_LENGTH = 36;
    private static final String CHART = "Opening a hold, " + RATE + " a second, milliseconds";

    private final Ledger ledger;
    private final List<UUID> people;
    private final Results results;

    HoldBench(Ledger ledger, List<UUID> people, Results results) {
        this.ledger = ledger;
        this.people = people;
        this.results = results;
    }

    void alone(Duration measure) throws Exception {
        Bench.say("ledger: " + RATE + " holds a second, warming up");
        Load.whole(load().atRate(WARM_UP, RATE));
        ledger.awaitPublished();
        Bench.say("ledger: " + RATE + " holds a second");
        var result = Load.whole(load().atRate(measure, RATE));
        results.add("hold.p50_ms", result.percentileMs(0.5), "ms");
        results.add("hold.p99_ms", result.percentileMs(0.99), "ms");
        results.percentiles(CHART, "by themselves", result.latencies());
    }

    /** @param rate of events, a second */
    void besideEvents(UsageFeed feed, int rate, Backlog backlog, Duration measure) throws Exception {
        Bench.say("ledger: " + RATE + " holds a second beside " + rate + " events a second");
        var sender = Thread.ofPlatform().start(() -> feed.sendAtRate(rate, measure));
        var result = Load.whole(load().atRate(measure, RATE));
        sender.join();
        backlog.awaitAll();
        results.add("hold.beside_settlement_p99_ms", result.percentileMs(0.99), "ms");
        results.percentiles(CHART, "beside settlement", result.latencies());
    }

    void besideBacklog(Backlog backlog, int events) throws Exception {
        Bench.say("ledger: making a backlog");
        backlog.make(events);
        Bench.say("ledger: settling it beside " + RATE + " holds a second");
        var load = load();
        try (var thread = Executors.newSingleThreadExecutor()) {
            Callable<Load.Result> open = () -> load.atRate(LONGEST, RATE);
            var holds = thread.submit(open);
            try {
                var settled = backlog.settle();
                results.add("settle.beside_holds_events_per_second", settled.perSecond(), "1/s");
            } finally {
                load.stop();
            }
            results.add(
                    "settle.beside_holds_holds_per_second",
                    Load.whole(holds.get()).perSecond(),
                    "1/s");
        }
        backlog.awaitAll();
    }

    private Load load() {
        return new Load(ledger.url(), connection -> new Holding(), CONNECTIONS);
    }

    /** A connection: opens a hold, then releases it. */
    private final class Holding implements Load.Talk {

        private boolean open;

        @Override
        public byte[] next() {
            open = true;
            var person = people.get(ThreadLocalRandom.current().nextInt(people.size()));
            return ledger.post(PATH, "{\"user_id\":\"" + person + "\",\"amount\":1,\"description\":\"bench\"}");
        }

        @Override
        public boolean reads() {
            return true;
        }

        @Override
        public byte @Nullable [] answered(int status, byte[] body) {
            if (!open || status != 200) {
                return null;
            }
            open = false;
            var text = new String(body, StandardCharsets.UTF_8);
            int id = text.indexOf(ID) + ID.length();
            return ledger.post(PATH + "/" + text.substring(id, id + UUID_LENGTH) + "/release", "");
        }
    }
}
