package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.escrow.EscrowModel.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** Holds over HTTP on two processes beside a model; whatever is asked is asked by several threads at once. */
class EscrowModelProperties {

    /** Started on first use; nothing sweeps there but these tests. */
    private static final class Processes {
        static final Ledger ONE = Ledger.consuming(HoldExpiryIT.BY_HAND);
        static final Ledger TWO = ONE.another(HoldExpiryIT.BY_HAND);
        static final List<Ledger> ALL = List.of(ONE, TWO);
    }

    sealed interface Step {
        record Open(long amount) implements Step {}

        record Extend(int hold, long more) implements Step {}

        record Settle(int hold, long amount, boolean last) implements Step {}

        record Release(int hold) implements Step {}

        /** Its time has been over for so long. */
        record Pass(int hold, Duration time) implements Step {}

        record Sweep() implements Step {}

        /** Something that was asked before is asked again. */
        record Replay(int earlier) implements Step {}
    }

    /** One that was asked, and what it was answered. */
    private record Asked(Function<Application, Response> request, Response answer) {}

    private static final class Run implements AutoCloseable {
        final UUID user = UUID.randomUUID();
        final Application video = new Application(Processes.ONE);
        final EscrowModel model = new EscrowModel();
        final List<Asked> asked = new ArrayList<>();
        final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        int keys;

        /** By several threads on both processes: all get the same, or hear that it is in flight. */
        Response ask(String expected, Function<Application, Response> request) throws Exception {
            int copies = ThreadLocalRandom.current().nextInt(1, 5);
            var calls = IntStream.range(0, copies)
                    .<Callable<Response>>mapToObj(i -> () -> request.apply(video.at(Processes.ALL.get(i % 2))))
                    .toList();
            var answers = new ArrayList<Response>();
            for (var call : threads.invokeAll(calls)) {
                if (!code(call.get()).equals("request_in_flight")) {
                    answers.add(call.get());
                }
            }
            assertThat(answers)
                    .isNotEmpty()
                    .allSatisfy(answer -> assertThat(code(answer)).isEqualTo(expected));
            var first = answers.getFirst();
            if (expected.equals("ok")) {
                assertThat(answers)
                        .allSatisfy(answer -> assertThat(answer.body()).isEqualTo(first.body()));
                asked.add(new Asked(request, first));
            }
            return first;
        }

        void take(Step step) throws Exception {
            switch (step) {
                case Step.Open(long amount) -> open(amount);
                case Step.Sweep sweep -> sweep();
                case Step.Replay(int earlier) -> {
                    if (earlier < asked.size()) {
                        var again = asked.get(earlier);
                        assertThat(again.request().apply(video).body())
                                .isEqualTo(again.answer().body());
                    }
                }
                case Step.Extend(int at, long more)
                when at < model.holds.size() -> {
                    var hold = model.holds.get(at);
                    var body = "{\"amount\":" + credits(more) + "}";
                    var key = key();
                    ask(model.extend(hold, more), app -> app.extend(hold.id, body, "Idempotency-Key", key));
                }
                case Step.Settle(int at, long amount, boolean last)
                when at < model.holds.size() -> {
                    var hold = model.holds.get(at);
                    var key = key();
                    ask(
                            model.settle(hold, amount, last),
                            app -> app.settle(hold.id, credits(amount), ",\"last\":" + last, "Idempotency-Key", key));
                }
                case Step.Release(int at)
                when at < model.holds.size() -> {
                    var hold = model.holds.get(at);
                    var key = key();
                    ask(model.release(hold), app -> app.release(hold.id, "Idempotency-Key", key));
                }
                case Step.Pass(int at, Duration time)
                when at < model.holds.size() -> {
                    Application.expiredFor(Processes.ONE, model.holds.get(at).id, time);
                    model.holds.get(at).over = time;
                }
                case Step.Extend none -> {}
                case Step.Settle none -> {}
                case Step.Release none -> {}
                case Step.Pass none -> {}
            }
        }

        private void open(long amount) throws Exception {
            boolean enough = amount <= model.posted - model.held();
            var key = key();
            var answer = ask(
                    enough ? "ok" : "insufficient_credits",
                    app -> app.open(user, credits(amount), "", "Idempotency-Key", key));
            if (enough) {
                model.holds.add(new Held(Application.id(answer), amount));
            }
        }

        private void sweep() throws Exception {
            var sweeps = Processes.ALL.stream()
                    .<Callable<Integer>>map(
                            process -> () -> process.bean(Escrows.class).expire(100))
                    .toList();
            for (var sweep : threads.invokeAll(sweeps)) {
                sweep.get();
            }
            model.holds.forEach(Held::touch);
        }

        private String key() {
            return user + "-" + keys++;
        }

        void compare() {
            var people = new People(Processes.ONE);
            for (var hold : model.holds) {
                var row = Processes.ONE
                        .jdbc()
                        .queryForObject(
                                "SELECT concat_ws(' ', amount, settled, released, settled_late, status) FROM hold"
                                        + " WHERE id = ?",
                                String.class,
                                hold.id);
                assertThat(row).isEqualTo(hold.toString());
            }
            if (!model.holds.isEmpty()) {
                assertThat(people.posted(user)).isEqualTo(model.posted);
                assertThat(people.held(user)).isEqualTo(model.held());
            }
        }

        @Override
        public void close() {
            threads.close();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var amounts = Arbitraries.longs().between(1, 250_000_000);
        var holds = Arbitraries.integers().between(0, 4);
        Arbitrary<Step> open = amounts.map(Step.Open::new);
        Arbitrary<Step> extend = Combinators.combine(holds, amounts).as(Step.Extend::new);
        Arbitrary<Step> settle = Combinators.combine(holds, amounts, Arbitraries.of(true, false, false))
                .as(Step.Settle::new);
        Arbitrary<Step> release = holds.map(Step.Release::new);
        Arbitrary<Step> pass = Combinators.combine(
                        holds, Arbitraries.of(Duration.ZERO, Duration.ofDays(6), Duration.ofDays(7)))
                .as(Step.Pass::new);
        Arbitrary<Step> sweep = Arbitraries.just(new Step.Sweep());
        Arbitrary<Step> replay = Arbitraries.integers().between(0, 20).map(Step.Replay::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(4, open),
                        Tuple.of(2, extend),
                        Tuple.of(6, settle),
                        Tuple.of(1, release),
                        Tuple.of(3, pass),
                        Tuple.of(1, sweep),
                        Tuple.of(2, replay))
                .list()
                .ofMinSize(5)
                .ofMaxSize(30);
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void holdsAreAsTheModelSays(@ForAll("steps") List<Step> steps) throws Exception {
        try (var run = new Run()) {
            for (var step : steps) {
                run.take(step);
                run.compare();
            }
        }
        assertThat(Processes.ONE.differences()).isEmpty();
    }

    /** Nothing is in an order that a model could know; but each credit that was taken was granted to somebody. */
    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void whateverManyThreadsDoAtOnceEachCreditIsTakenOnce(@ForAll Random random) throws Exception {
        var user = UUID.randomUUID();
        var video = new Application(Processes.ONE);
        var holds =
                IntStream.range(0, 4).mapToObj(i -> video.opened(user, "100")).toList();
        var taken = new AtomicLongArray(holds.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = new ArrayList<Callable<Void>>();
            for (int i = 0; i < 16; i++) {
                var app = video.at(Processes.ALL.get(i % 2));
                var own = new Random(random.nextLong());
                work.add(() -> anything(app, user, holds, taken, own));
            }
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }
        long all = 0;
        for (int i = 0; i < holds.size(); i++) {
            long settled = Processes.ONE.number("SELECT settled + settled_late FROM hold WHERE id = ?", holds.get(i));
            assertThat(settled).isEqualTo(taken.get(i));
            all += settled;
        }
        assertThat(all).isPositive();
        assertThat(new People(Processes.ONE).posted(user)).isEqualTo(People.SIGN_UP - all);
        assertThat(Processes.ONE.differences()).isEmpty();
    }

    private static Void anything(Application app, UUID user, List<UUID> holds, AtomicLongArray taken, Random random) {
        for (int i = 0; i < 12; i++) {
            int at = random.nextInt(holds.size());
            var hold = holds.get(at);
            switch (random.nextInt(12)) {
                case 0 -> app.release(hold);
                case 1 -> Application.expiredFor(Processes.ONE, hold, Duration.ofSeconds(1));
                case 2 -> Processes.ALL.get(i % 2).bean(Escrows.class).expire(50);
                case 3, 4 -> app.extend(hold, "{\"amount\":3,\"expires_in\":600}");
                case 5 -> app.open(user, "7", "");
                default -> {
                    long amount = random.nextLong(1, 5_000_000);
                    if (code(app.settle(hold, credits(amount), "")).equals("ok")) {
                        taken.addAndGet(at, amount);
                    }
                }
            }
        }
        return null;
    }

    private static String credits(long micro) {
        return new Credits(micro).toString();
    }

    private static String code(Response response) {
        return response.status() == 200 ? "ok" : response.body().get("code").asString();
    }
}
