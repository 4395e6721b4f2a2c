package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.End;
import io.quotabank.systemtests.stack.Caller.Result;
import io.quotabank.systemtests.stack.UsageTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 of one process after another under load: every whole answer is settled once, and the suite comes back. */
class KillIT {

    private static final String MODEL = "glm-4.5";
    private static final int CALLS = 200;

    private static String apiKey = "";

    @BeforeAll
    static void aKeyWithSlowStreams() throws Exception {
        apiKey = Suite.keyFor(MODEL, 30);
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
        try (var topic = new UsageTopic(STACK)) {
            var results = callWhileKilling(part, buyer);
            suiteServesAgain(buyer);
            var settled = Proof.settledOf(buyer.userId(), Duration.ofSeconds(90));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> topic.closed().keySet().containsAll(settled.keySet()));
            var events = topic.closed();

            Proof.wholeAnswersAreSettled(results, settled, events);
            var mine = settled.keySet().stream().map(events::get).toList();
            long gap = Proof.meteredAgainst(Suite.SANDBOX.served(apiKey, since), mine);
            System.out.printf("killed %s: %s, tokens served but not metered: %d%n", part, summary(results), gap);
            Proof.booksAreRight();
        }
    }

    private static List<Result> callWhileKilling(String part, Suite.Buyer buyer) throws Exception {
        var caller = new Caller(STACK);
        var running = new AtomicInteger();
        var futures = new ArrayList<Future<Result>>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLS; i++) {
                boolean stream = i % 2 == 0;
                int tokens = 20 + i % 40;
                futures.add(threads.submit(() -> {
                    running.incrementAndGet();
                    return stream
                            ? caller.stream(buyer.accessKey(), MODEL, "Go on.", tokens, -1)
                            : caller.chat(buyer.accessKey(), MODEL, "Go on.", tokens);
                }));
            }
            await().until(() -> futures.stream().anyMatch(Future::isDone));
            Cli.run("kill", part);
        }
        var results = new ArrayList<Result>();
        for (var future : futures) {
            results.add(future.get());
        }
        assertThat(running).hasValue(CALLS);
        return results;
    }

    private static void suiteServesAgain(Suite.Buyer buyer) {
        var caller = new Caller(STACK);
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> caller.chat(buyer.accessKey(), MODEL, "Back?", 5).end() == End.WHOLE);
    }

    private static String summary(List<Result> results) {
        var text = new StringBuilder();
        for (var end : End.values()) {
            long count = results.stream().filter(result -> result.end() == end).count();
            text.append(end.name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(count)
                    .append(' ');
        }
        return text.toString().strip();
    }
}
