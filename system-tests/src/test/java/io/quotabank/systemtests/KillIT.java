package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.End;
import io.quotabank.systemtests.stack.Caller.Result;
import io.quotabank.systemtests.stack.UsageTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 of one part after another under load: every answer is settled by its rule, and the suite comes back. */
class KillIT {

    private static final String MODEL = "glm-4.5";
    private static final int CALLS = 200;
    private static final int TOKENS_PER_SECOND = 30;
    private static final int STREAM_SECONDS = 10;
    private static final Duration WELL_WITHIN_A_LEASE = Duration.ofSeconds(30);

    /** How a request may end that ran while a part was killed, by the rows of docs/settlement.md. */
    private static final Map<String, Set<Outcome>> ENDINGS = Map.of(
            "proxy-service", Set.of(Outcome.COMPLETED, Outcome.ABANDONED), // rows 12 to 15
            "gateway-service",
                    Set.of(Outcome.COMPLETED, Outcome.CLIENT_GONE), // rows 6 and 7: its client is the gateway
            "ledger-service", Set.of(Outcome.COMPLETED), // row 18
            "kafka", Set.of(Outcome.COMPLETED), // row 17
            "postgres", Set.of(Outcome.COMPLETED)); // row 18

    /** Row 3: a provider that can't be reached in its time by processes that have just started, on a busy machine. */
    private static final Outcome COSTS_NOTHING = Outcome.UPSTREAM_FAILED;

    /** @param running how many calls had not ended when the part was about to be killed */
    private record Load(List<Result> results, long running) {}

    private static String apiKey = "";

    @BeforeAll
    static void aKeyWithSlowStreams() throws Exception {
        apiKey = Suite.keyFor(MODEL, TOKENS_PER_SECOND);
    }

    @AfterAll
    static void booksAreRightAtTheEnd() {
        Suite.withdrawKeys();
        Proof.booksAreRight();
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy-service", "ledger-service", "kafka", "postgres", "gateway-service"})
    void settlesEachWholeAnswerOnceThoughItIsKilled(String part) throws Exception {
        var since = System.currentTimeMillis();
        var buyer = Suite.buyer("1000");
        var before = Proof.credits(buyer.userId());
        var victims = pids(part);
        try (var topic = new UsageTopic(STACK)) {
            var load = callWhileKilling(victims.keySet(), buyer, since);
            long killed = System.nanoTime();
            await().atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> othersRunInTheirPlace(part, victims));
            var away = Duration.ofNanos(System.nanoTime() - killed);
            suiteServesAgain(buyer);
            var events = closedOf(buyer, topic);
            var settled = Proof.settledOf(buyer.userId(), Duration.ofSeconds(5));

            assertThat(load.running()).isPositive();
            // On a machine so slow that a part is away for longer, leases run out and the platform bears the loss.
            assertThat(away.compareTo(WELL_WITHIN_A_LEASE) > 0
                            || settled.values().stream().noneMatch(Proof.Settled::expired))
                    .isTrue();
            Proof.wholeAnswersAreSettled(load.results(), settled, topic.closed());
            eachEndedByARule(part, events);
            interruptedOnesPayForWhatTheyGot(load.results(), events);
            Proof.eachIsSettledByItsRule(events, settled);
            assertThat(before.subtract(Proof.credits(buyer.userId())).movePointRight(6))
                    .isEqualByComparingTo(Long.toString(settled.values().stream()
                            .mapToLong(Proof.Settled::charge)
                            .sum()));
            long gap = Proof.gap(Proof.served(apiKey, since), events, load.results());
            System.out.printf("killed %s: %s, tokens served but not metered: %d%n", part, summary(load.results()), gap);
            Proof.booksAreRight();
        }
    }

    private static Map<String, Long> pids(String part) {
        return STACK.instances(part).stream().collect(Collectors.toMap(one -> one.name(), one -> one.pid()));
    }

    private static Load callWhileKilling(Set<String> victims, Suite.Buyer buyer, long since) throws Exception {
        var caller = new Caller(STACK);
        var futures = new ArrayList<Future<Result>>();
        long running;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLS; i++) {
                boolean stream = i % 2 == 0;
                // Long enough to run still when the command that kills has started, on a busy machine as well.
                int tokens = (stream ? STREAM_SECONDS * TOKENS_PER_SECOND : 0) + 20 + i % 40;
                futures.add(threads.submit(() -> stream
                        ? caller.stream(buyer.accessKey(), MODEL, "Go on.", tokens, -1)
                        : caller.chat(buyer.accessKey(), MODEL, "Go on.", tokens)));
            }
            await().until(() -> futures.stream().anyMatch(Future::isDone) && halfWay(since) >= 20);
            running = futures.stream().filter(future -> !future.isDone()).count();
            // All instances together: one that lives on would serve as if nothing had happened.
            for (var killed :
                    threads.invokeAll(victims.stream().map(KillIT::kill).toList())) {
                killed.get();
            }
        }
        var results = new ArrayList<Result>();
        for (var future : futures) {
            results.add(future.get());
        }
        return new Load(results, running);
    }

    /** How many streams run and have seen more than a second. */
    private static long halfWay(long since) {
        return Suite.SANDBOX.served(apiKey, since).stream()
                .filter(served -> served.open() && served.completionTokens() > TOKENS_PER_SECOND)
                .count();
    }

    private static Callable<String> kill(String name) {
        return () -> Cli.run("kill", name);
    }

    private static void othersRunInTheirPlace(String part, Map<String, Long> victims) {
        var now = pids(part);
        assertThat(now).containsOnlyKeys(victims.keySet());
        victims.forEach((name, pid) -> {
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(now.get(name)).isPositive().isNotEqualTo(pid);
        });
        // Last: the command is a process of its own, which takes time from those that start.
        var status = Cli.end("status").output();
        now.forEach((name, pid) -> assertThat(status).containsPattern("(?m)^" + name + " +ready +" + pid + " .* ok$"));
    }

    private static void suiteServesAgain(Suite.Buyer buyer) {
        var caller = new Caller(STACK);
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> caller.chat(buyer.accessKey(), MODEL, "Back?", 5).end() == End.WHOLE);
    }

    /** The buyer's closing records, when each is settled and nothing is held for another. */
    private static List<Closed> closedOf(Suite.Buyer buyer, UsageTopic topic) {
        await().atMost(Duration.ofSeconds(180)).untilAsserted(() -> {
            var settled =
                    Proof.settledOf(buyer.userId(), Duration.ofSeconds(90)).keySet();
            assertThat(topic.closed().values().stream()
                            .filter(event -> event.userId().equals(buyer.userId()))
                            .map(Closed::requestId))
                    .containsExactlyInAnyOrderElementsOf(settled);
        });
        return topic.closed().values().stream()
                .filter(event -> event.userId().equals(buyer.userId()))
                .toList();
    }

    private static void eachEndedByARule(String part, List<Closed> events) {
        var outcomes = events.stream().map(Closed::outcome).collect(Collectors.toSet());
        assertThat(events)
                .filteredOn(event -> event.outcome() == COSTS_NOTHING)
                .allSatisfy(event -> assertThat(event.cost().isZero()).isTrue());
        outcomes.remove(COSTS_NOTHING);
        assertThat(ENDINGS.get(part)).containsAll(outcomes);
        // The parts that an answer runs through were in the middle of some: that is what is proven here.
        if (part.equals("proxy-service") || part.equals("gateway-service")) {
            assertThat(outcomes).containsAll(ENDINGS.get(part));
        }
    }

    private static void interruptedOnesPayForWhatTheyGot(List<Result> results, List<Closed> events) {
        for (var event : events) {
            int chunks = results.stream()
                    .filter(result -> event.requestId().equals(result.requestId()))
                    .mapToInt(Result::contentChunks)
                    .findFirst()
                    .orElse(0);
            var output = assertThat(event.tokens().output()).as("%s for %d chunks", event, chunks);
            if (event.outcome() == Outcome.ABANDONED) {
                // To the last note, which is about a second old at most; a provider that was held up sends what it
                // owes at once. What was noted had gone out, and the client may not have read the last of it.
                output.isBetween(chunks < 4 * TOKENS_PER_SECOND ? 0L : 1L, (long) chunks + TOKENS_PER_SECOND);
            } else if (event.outcome() == Outcome.CLIENT_GONE) {
                output.isGreaterThanOrEqualTo(chunks);
            }
        }
        boolean interrupted = results.stream().anyMatch(result -> result.end() != End.WHOLE);
        assertThat(interrupted || events.stream().allMatch(event -> event.outcome() == Outcome.COMPLETED))
                .isTrue();
    }

    private static String summary(List<Result> results) {
        return Arrays.stream(End.values())
                .map(end -> end.name().toLowerCase(Locale.ROOT) + " "
                        + results.stream().filter(result -> result.end() == end).count())
                .collect(Collectors.joining(" "));
    }
}
