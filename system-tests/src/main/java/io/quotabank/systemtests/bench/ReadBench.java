package io.quotabank.systemtests.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Balances and pages of history over HTTP, half of them of one person with very many entries. */
final class ReadBench {

    private static final Duration WARM_UP = Bench.seconds("read-warm-up", 15);
    private static final int RATE = Integer.getInteger("quotabank.bench.read-rate", 500);
    private static final int CONNECTIONS = 16;
    private static final int PAGE = 20;
    private static final int DEEP = 1_000;
    private static final String CREDITS = "/api/credits/";
    private static final String CHART = "Reading, " + RATE + " a second, milliseconds";

    private final Ledger ledger;
    private final List<UUID> people;
    private final Results results;

    ReadBench(Ledger ledger, List<UUID> people, Results results) {
        this.ledger = ledger;
        this.people = people;
        this.results = results;
    }

    void run(Duration measure) throws Exception {
        var entries = new Entries(ledger, people);
        Bench.say("ledger: loading entries");
        entries.load();
        ledger.awaitPublished();
        long after = entries.ofBusiest() + 1;
        long before = after - (DEEP - 1) * PAGE;
        var page = CREDITS + "history/" + entries.busiest() + "?limit=" + PAGE;
        var deep = page + "&cursor=" + before;
        HistoryPlan.prove(ledger, load(() -> deep, ""), entries.account(), after, before);
        measure("balance", measure, () -> CREDITS + "balance/" + anybody(), "\"credits\"");
        measure("history.newest", measure, () -> CREDITS + "history/" + anybody() + "?limit=" + PAGE, "\"next\"");
        // The page after it begins where this one ends: it is the one that was asked for.
        measure("history.deep", measure, () -> deep, "\"next\":\"" + (before - PAGE) + "\"");
    }

    private UUID anybody() {
        var random = ThreadLocalRandom.current();
        return random.nextBoolean() ? people.getFirst() : people.get(random.nextInt(people.size()));
    }

    private void measure(String name, Duration measure, Supplier<String> path, String part) throws Exception {
        Bench.say("ledger: " + name);
        var load = load(path, part);
        WarmUp.requests(ledger, "a reading", () -> load.atRate(WARM_UP, RATE));
        var result = Load.whole(load.atRate(measure, RATE));
        results.add(name + (name.contains(".") ? "_" : ".") + "p99_ms", result.percentileMs(0.99), "ms");
        results.percentiles(CHART, name, result.latencies());
    }

    private Load load(Supplier<String> path, String part) {
        return new Load(ledger.url(), connection -> new Reading(path, part), CONNECTIONS);
    }

    /** A connection; each answer has a known part somewhere. */
    private final class Reading implements Load.Talk {

        private final Supplier<String> path;
        private final String part;

        Reading(Supplier<String> path, String part) {
            this.path = path;
            this.part = part;
        }

        @Override
        public byte[] next() {
            return ledger.get(path.get());
        }

        @Override
        public boolean reads() {
            return true;
        }

        @Override
        public byte @Nullable [] answered(int status, byte[] body) {
            if (status == 200 && !new String(body, StandardCharsets.UTF_8).contains(part)) {
                throw new IllegalStateException("an answer has no " + part);
            }
            return null;
        }
    }
}
