package io.quotabank.ledger.consumption;

import static io.quotabank.ledger.Applications.told;
import static io.quotabank.ledger.Applications.videos;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import tools.jackson.databind.JsonNode;

/** Consumptions, refunds and repeats of both, compared with a plain model: in order exactly, and from eight threads. */
class ConsumptionModelProperties {

    private static final int PEOPLE = 3;
    private static final int KEYS = 12;
    private static final int THREADS = 8;

    /** Of one of the people, under one of the keys; the same key comes with other bodies too. */
    sealed interface Step {
        int key();

        record Consume(int person, int credits, int key) implements Step {}

        /** Of what the key {@code of} consumed. */
        record Refund(int of, int credits, int key) implements Step {}
    }

    private record Taken(int person, int credits, String id) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        var people = Arbitraries.integers().between(0, PEOPLE - 1);
        var credits = Arbitraries.of(1, 10, 100, 300);
        var keys = Arbitraries.integers().between(0, KEYS - 1);
        Arbitrary<Step> consume = Combinators.combine(people, credits, keys).as(Step.Consume::new);
        Arbitrary<Step> refund = Combinators.combine(keys, credits, keys).as(Step.Refund::new);
        return Arbitraries.frequencyOf(Tuple.of(3, consume), Tuple.of(2, refund))
                .list()
                .ofMinSize(20)
                .ofMaxSize(80);
    }

    /** Everything that happened, as the rules say it must. */
    private static final class Model {

        private final long[] balance = {520, 520, 520};
        private final Map<Integer, Step> consumedAs = new HashMap<>();
        private final Map<Integer, Taken> taken = new HashMap<>();
        private final Map<Integer, Step> refundedAs = new HashMap<>();
        private final Set<Integer> refunded = new HashSet<>();

        String step(Step step) {
            return switch (step) {
                case Step.Consume consume -> consume(consume);
                case Step.Refund refund -> refund(refund);
            };
        }

        private String consume(Step.Consume step) {
            if (consumedAs.containsKey(step.key())) {
                return consumedAs.get(step.key()).equals(step) ? "200" : "422 idempotency_key_reused";
            }
            if (balance[step.person()] < step.credits()) {
                return "400 insufficient_credits";
            }
            balance[step.person()] -= step.credits();
            consumedAs.put(step.key(), step);
            taken.put(step.key(), new Taken(step.person(), step.credits(), ""));
            return "200";
        }

        private String refund(Step.Refund step) {
            var of = taken.get(step.of());
            if (of == null) {
                return "404 not_found";
            }
            if (refundedAs.containsKey(step.key())) {
                return refundedAs.get(step.key()).equals(step) ? "200" : "422 idempotency_key_reused";
            }
            if (step.credits() > of.credits()) {
                return "422 refund_too_large";
            }
            if (!refunded.add(step.of())) {
                return "409 consumption_refunded";
            }
            balance[of.person()] += step.credits();
            refundedAs.put(step.key(), step);
            return "200";
        }
    }

    /** The service, with fresh people and keys. */
    private static final class Run {

        private final Ledger ledger = Ledger.shared();
        private final Applications applications = new Applications(ledger);
        private final List<UUID> people =
                IntStream.range(0, PEOPLE).mapToObj(i -> UUID.randomUUID()).toList();
        private final UUID run = UUID.randomUUID();
        private final Map<Integer, String> ids = new ConcurrentHashMap<>();

        Run() {
            // Seen by the ledger, each has what a sign-up gives.
            people.forEach(
                    person -> ledger.call("GET", "/api/credits/balance/" + person, TestIdentity.user(person), ""));
        }

        Response step(Step step) {
            return switch (step) {
                case Step.Consume(int person, int credits, int key) -> {
                    var answer = applications.consume(
                            videos(),
                            people.get(person),
                            "\"action\":\"model\",\"amount\":" + credits,
                            "Idempotency-Key",
                            "consume-" + key + "-" + run);
                    if (answer.status() == 200) {
                        ids.put(key, answer.body().get("id").asString());
                    }
                    yield answer;
                }
                case Step.Refund(int of, int credits, int key) ->
                    applications.refund(
                            videos(),
                            ids.getOrDefault(of, run.toString()),
                            "{\"amount\":" + credits + "}",
                            "Idempotency-Key",
                            "refund-" + key + "-" + run);
            };
        }

        long balance(int person) {
            return new People(ledger).posted(people.get(person));
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void inOrderItDoesWhatTheModelDoes(@ForAll("steps") List<Step> steps) {
        var model = new Model();
        var run = new Run();
        for (var step : steps) {
            assertThat(told(run.step(step))).as("%s in %s", step, steps).isEqualTo(model.step(step));
        }
        for (int person = 0; person < PEOPLE; person++) {
            assertThat(run.balance(person)).isEqualTo(model.balance[person] * 1_000_000);
        }
        assertThat(run.ledger.differences()).isEmpty();
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void fromEightThreadsEachKeyCountsOnceAndNothingElse(@ForAll("steps") List<Step> steps) throws Exception {
        var run = new Run();
        var answers = new ConcurrentHashMap<Step, Set<JsonNode>>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var calls = new ArrayList<Callable<Void>>();
            for (var step : steps) {
                calls.add(() -> {
                    var answer = run.step(step);
                    assertThat(answer.status()).as(told(answer)).isLessThan(500);
                    if (answer.status() == 200) {
                        answers.computeIfAbsent(step, any -> ConcurrentHashMap.newKeySet())
                                .add(answer.body());
                    }
                    return null;
                });
            }
            for (var call : threads.invokeAll(calls)) {
                call.get();
            }
        }
        long[] expected = {520_000_000, 520_000_000, 520_000_000};
        var keys = new HashSet<String>();
        var refunded = new HashSet<Integer>();
        answers.forEach((step, told) -> {
            assertThat(told).as("one answer, however often").hasSize(1);
            assertThat(keys.add(step.getClass() + " " + step.key()))
                    .as("one body for the key of %s", step)
                    .isTrue();
        });
        for (var step : answers.keySet()) {
            if (step instanceof Step.Consume(int person, int credits, int key)) {
                expected[person] -= credits * 1_000_000L;
                for (var refund : answers.keySet()) {
                    if (refund instanceof Step.Refund(int of, int back, int under) && of == key) {
                        assertThat(refunded.add(of)).as("refunded once").isTrue();
                        assertThat(back).isLessThanOrEqualTo(credits);
                        expected[person] += back * 1_000_000L;
                    }
                }
            }
        }
        for (int person = 0; person < PEOPLE; person++) {
            assertThat(run.balance(person)).isNotNegative().isEqualTo(expected[person]);
        }
        assertThat(run.ledger.differences()).isEmpty();
    }
}
