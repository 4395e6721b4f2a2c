package io.quotabank.systemtests.bench;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** What applications take by a priced action's name, over HTTP, of people in even proportions. */
final class ConsumeBench {

    private static final Duration WARM_UP = Bench.seconds("consume-warm-up", 20);
    private static final int CONNECTIONS = 32;
    private static final String PATH = "/api/credits/consume";
    private static final String MEMBER = "\"credits\":";
    private static final int MICRO_DIGITS = 6;

    private static final String BALANCES = """
            SELECT array_position(?::uuid[], person) - 1, posted FROM account WHERE kind = 'user' AND person = ANY(?)
            """;

    private final Ledger ledger;
    private final List<UUID> people;
    private final Results results;
    private final AtomicLong answered = new AtomicLong();
    // A balance only falls here: the least that was answered is the last. By person.
    private final AtomicLongArray leastMicro;

    ConsumeBench(Ledger ledger, List<UUID> people, Results results) {
        this.ledger = ledger;
        this.people = people;
        this.results = results;
        leastMicro = new AtomicLongArray(people.size());
        for (int i = 0; i < people.size(); i++) {
            leastMicro.set(i, Long.MAX_VALUE);
        }
    }

    /** @param floor transactions a second that pgbench made */
    void run(Duration measure, double floor) throws Exception {
        ledger.awaitPublished();
        long before = consumptions();
        var load = new Load(ledger.url(), connection -> new Consuming(), CONNECTIONS);
        Bench.say("ledger: consuming, warming up");
        WarmUp.requests(ledger, "a consumption", () -> load.closedLoop(WARM_UP));
        Bench.say("ledger: consuming");
        var postgres = ledger.postgres();
        double ledgerCpu = Cpu.micros(ledger.processes());
        double postgresCpu = Cpu.micros(postgres);
        var result = Load.whole(load.closedLoop(measure));
        ledgerCpu = Cpu.micros(ledger.processes()) - ledgerCpu;
        postgresCpu = Cpu.micros(postgres) - postgresCpu;
        prove(before);
        results.add("consume.requests_per_second", result.perSecond(), "1/s", floor);
        results.add("consume.p50_ms", result.percentileMs(0.5), "ms");
        results.add("consume.p99_ms", result.percentileMs(0.99), "ms");
        results.add("consume.ledger_cpu_us_per_request", ledgerCpu / result.requests(), "us");
        results.add("consume.postgres_cpu_us_per_request", postgresCpu / result.requests(), "us");
        results.percentiles(
                "Consumptions over HTTP, " + CONNECTIONS + " connections, milliseconds", "consume", result.latencies());
    }

    /** As many consumptions are there as were answered, and each person has what the last answer said. */
    private void prove(long before) throws SQLException {
        long written = consumptions() - before;
        if (written != answered.get()) {
            throw new IllegalStateException(
                    answered.get() + " consumptions were answered and " + written + " are there");
        }
        var ids = ledger.database().createArrayOf("uuid", people.toArray());
        try (var balances = ledger.database().prepareStatement(BALANCES)) {
            balances.setArray(1, ids);
            balances.setArray(2, ids);
            var rows = balances.executeQuery();
            while (rows.next()) {
                long told = leastMicro.get(rows.getInt(1));
                if (told != Long.MAX_VALUE && told != rows.getLong(2)) {
                    throw new IllegalStateException(
                            "a balance is " + rows.getLong(2) + " micro-credits, and the last answer said " + told);
                }
            }
        }
    }

    private long consumptions() throws SQLException {
        return ledger.number("SELECT count(*) FROM consumption");
    }

    /** A connection, each request of a person by chance. */
    private final class Consuming implements Load.Talk {

        private int person;

        @Override
        public byte[] next() {
            person = ThreadLocalRandom.current().nextInt(people.size());
            return ledger.post(PATH, "{\"user_id\":\"" + people.get(person) + "\",\"action\":\"script\"}");
        }

        @Override
        public boolean reads() {
            return true;
        }

        @Override
        public byte @Nullable [] answered(int status, byte[] body) {
            if (status == 200) {
                answered.incrementAndGet();
                leastMicro.accumulateAndGet(person, credits(body), Math::min);
            }
            return null;
        }

        private static long credits(byte[] body) {
            var text = new String(body, StandardCharsets.UTF_8);
            int start = text.indexOf(MEMBER) + MEMBER.length();
            int end = start;
            while ("+-.0123456789Ee".indexOf(text.charAt(end)) >= 0) {
                end++;
            }
            return new BigDecimal(text.substring(start, end))
                    .movePointRight(MICRO_DIGITS)
                    .longValueExact();
        }
    }
}
