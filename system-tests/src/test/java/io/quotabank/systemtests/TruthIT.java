package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.Result;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.UsageTopic;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tokens that the provider served = tokens in the usage event = tokens priced in the settlement, and every credit that
 * left the buyer arrived at the owner or the platform.
 */
class TruthIT {

    private static final String MODEL = "gpt-4.1-mini";
    private static final int OWNER_BASIS_POINTS = 9_500;

    @AfterEach
    void healTheProvider() {
        Suite.SANDBOX.noFaults();
        Suite.withdrawKeys();
    }

    @Test
    void everyFinishedAnswerIsSettledToTheToken() throws Exception {
        var owner = Suite.buyer("0");
        var apiKey = Suite.keyOf(owner, MODEL, 0);
        var buyer = Suite.buyer("500");
        var since = System.currentTimeMillis();
        var buyerBefore = Proof.credits(buyer.userId());
        var ownerBefore = Proof.credits(owner.userId());
        try (var topic = new UsageTopic(STACK)) {
            var results = mixedCalls(buyer, 60);
            assertThat(results).allSatisfy(result -> assertThat(result.end()).isEqualTo(Caller.End.WHOLE));
            var settled = Proof.settledOf(buyer.userId(), Duration.ofSeconds(60));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> topic.closed().keySet().containsAll(settled.keySet()));
            var events = settled.keySet().stream().map(topic.closed()::get).toList();

            assertThat(settled).hasSize(results.size());
            Proof.wholeAnswersAreSettled(results, settled, topic.closed());
            assertThat(Proof.gap(Proof.served(apiKey, since), events, results)).isZero();
            Proof.eachIsSettledByItsRule(events, settled);

            long charged =
                    settled.values().stream().mapToLong(Proof.Settled::charge).sum();
            long ownersPart = events.stream()
                    .mapToLong(event -> event.cost().share(OWNER_BASIS_POINTS).micro())
                    .sum();
            assertThat(micro(buyerBefore.subtract(Proof.credits(buyer.userId()))))
                    .isEqualTo(charged);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(micro(Proof.credits(owner.userId()).subtract(ownerBefore)))
                                    .isEqualTo(ownersPart));
            assertThat(settled.values().stream()
                            .mapToLong(Proof.Settled::platform)
                            .sum())
                    .isEqualTo(charged - ownersPart);
        }
        Proof.booksAreRight();
    }

    @Test
    void interruptedAnswersAreMeteredAtMostAsServed() throws Exception {
        var model = "gpt-4.1";
        var apiKey = Suite.keyFor(model, 200);
        var buyer = Suite.buyer("500");
        var since = System.currentTimeMillis();
        try (var topic = new UsageTopic(STACK)) {
            var caller = new Caller(STACK);
            Suite.SANDBOX.fault(Map.of("apiKey", apiKey), 3, Map.of("kind", "cut", "afterChunks", 7));
            var results = new ArrayList<Result>();
            for (int i = 0; i < 3; i++) {
                results.add(caller.stream(buyer.accessKey(), model, "Go on.", 100, -1));
            }
            assertThat(results).allSatisfy(result -> assertThat(result.end()).isEqualTo(Caller.End.ERROR_EVENT));
            for (int i = 1; i <= 5; i++) {
                results.add(caller.stream(buyer.accessKey(), model, "Go on.", 400, i));
            }
            Suite.SANDBOX.fault(Map.of("apiKey", apiKey), 2, Map.of("kind", "omitUsage"));
            var uncounted = List.of(
                    caller.stream(buyer.accessKey(), model, "Go on.", 33, -1),
                    caller.stream(buyer.accessKey(), model, "Go on.", 34, -1));
            results.addAll(uncounted);

            var settled = Proof.settledOf(buyer.userId(), Duration.ofSeconds(60));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> topic.closed().keySet().containsAll(settled.keySet()));
            var events = settled.keySet().stream().map(topic.closed()::get).toList();
            long gap = Proof.gap(Proof.served(apiKey, since), events, results);
            Proof.eachIsSettledByItsRule(events, settled);
            System.out.println("interrupted answers: tokens served but not metered: " + gap);

            assertThat(events.stream().map(UsageEvent.Closed::outcome))
                    .contains(UsageEvent.Outcome.UPSTREAM_CUT, UsageEvent.Outcome.CLIENT_GONE);
            for (int i = 0; i < uncounted.size(); i++) {
                var event = Objects.requireNonNull(
                        topic.closed().get(uncounted.get(i).requestId()));
                assertThat(event.metering()).isEqualTo(UsageEvent.Metering.COUNTED);
                assertThat(event.tokens().output()).isEqualTo(33 + i);
            }
        }
        Proof.booksAreRight();
    }

    @Test
    void anErrorInsideATwoHundredStreamMovesToAnotherKeyUnseen() throws Exception {
        var model = "o4-mini";
        var broken = Suite.keyFor(model, 0);
        var sound = Suite.keyFor(model, 0);
        var buyer = Suite.buyer("0");
        Suite.SANDBOX.fault(Map.of("apiKey", broken), 1_000, Map.of("kind", "errorEvent"));
        var caller = new Caller(STACK);
        for (int i = 0; i < 10; i++) {
            assertThat(caller.stream(buyer.accessKey(), model, "Go on.", 10, -1).end())
                    .isEqualTo(Caller.End.WHOLE);
        }
        assertThat(Suite.SANDBOX.served(sound, 0)).hasSizeGreaterThanOrEqualTo(10);
        Proof.settledOf(buyer.userId(), Duration.ofSeconds(60));
        Proof.booksAreRight();
    }

    @Test
    void aSellersFiguresAgreeWithTheLedger() throws Exception {
        var owner = Suite.buyer("0");
        var model = "gpt-5-mini";
        Suite.keyOf(owner, model, 0);
        var buyer = Suite.buyer("0");
        for (int i = 0; i < 12; i++) {
            new Caller(STACK).chat(buyer.accessKey(), model, "Go on.", 30 + i);
        }
        Proof.settledOf(buyer.userId(), Duration.ofSeconds(60));
        var keyId = Http.get(STACK.gateway() + "/api/pool/keys", owner.token())
                .json()
                .path("keys")
                .path(0)
                .path("id")
                .asString();
        var earned = new AtomicLong();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            earned.set(micro(Proof.credits(owner.userId()).subtract(new BigDecimal("520"))));
            var figures = Http.get(STACK.gateway() + "/api/pool/keys/" + keyId + "/figures", owner.token())
                    .json();
            assertThat(figures.path("requests").asLong()).isEqualTo(12);
            assertThat(micro(figures.path("earnings").decimalValue()))
                    .isPositive()
                    .isEqualTo(earned.get());
        });
        var usage = Http.get(STACK.gateway() + "/api/usage?limit=100", buyer.token())
                .json();
        assertThat(usage.path("items")).hasSize(12);
        long cost = 0;
        for (var row : usage.path("items")) {
            cost += micro(row.path("cost").decimalValue());
        }
        assertThat(cost).isEqualTo(micro(new BigDecimal("520").subtract(Proof.credits(buyer.userId()))));
    }

    private static List<Result> mixedCalls(Suite.Buyer buyer, int count) throws Exception {
        var caller = new Caller(STACK);
        var calls = new ArrayList<Callable<Result>>();
        for (int i = 0; i < count; i++) {
            int tokens = 5 + i;
            var text = "Tell me about the number " + i + ".";
            boolean stream = i % 2 == 0;
            calls.add(() -> stream
                    ? caller.stream(buyer.accessKey(), MODEL, text, tokens, -1)
                    : caller.chat(buyer.accessKey(), MODEL, text, tokens));
        }
        var results = new ArrayList<Result>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
        }
        return results;
    }

    private static long micro(BigDecimal credits) {
        return credits.movePointRight(6).longValueExact();
    }
}
