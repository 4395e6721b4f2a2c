package io.quotabank.systemtests.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Holds of an application, opened at a steady rate over HTTP, each released as soon as it is open. Half of the people have
 * credits that expire.
 */
final class HoldBench {

    private static final Duration WARM_UP = Bench.seconds("hold-warm-up", 20);
    private static final int RATE = Integer.getInteger("quotabank.bench.hold-rate", 1_000);
    private static final int CONNECTIONS = 64;
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

    void run(Duration measure) throws Exception {
        Bench.say("ledger: " + RATE + " holds a second, warming up");
        WarmUp.requests(ledger, "a hold, released", () -> load().atRate(WARM_UP, RATE));
        ledger.awaitPublished();
        Bench.say("ledger: " + RATE + " holds a second");
        var result = Load.whole(load().atRate(measure, RATE));
        results.add("hold.p50_ms", result.percentileMs(0.5), "ms");
        results.add("hold.p99_ms", result.percentileMs(0.99), "ms");
        results.percentiles(CHART, "latency", result.latencies());
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
