package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** Leases and settlements of one person on the real database, beside a model in a few lines of arithmetic. */
class SpendingProperties {

    private static final Ledger LEDGER = Ledger.shared();
    private static final People PEOPLE = new People(LEDGER);

    sealed interface Step {
        record Open(long need, long want) implements Step {}

        record State(int lease, long sequence, long spent, long inFlight, boolean last) implements Step {}

        record Settle(int lease, long cost, boolean again) implements Step {}
    }

    private static final class Model {
        long posted = People.SIGN_UP;
        long loss;
        long earned;
        final List<Slice> slices = new ArrayList<>();

        long held() {
            return slices.stream().mapToLong(slice -> slice.left).sum();
        }

        /** What is granted; below zero where it is refused. */
        long open(long need, long want) {
            long available = posted - held();
            return available < need ? -1 : Math.min(want, Math.max(need, available / 2));
        }

        void settle(Slice slice, long cost) {
            long charge = Math.min(cost, slice.left);
            slice.left -= charge;
            slice.settled += charge;
            posted -= charge;
            loss += cost - charge;
            earned += cost * 95 / 100;
        }
    }

    private static final class Slice {
        final UUID id;
        long left;
        long settled;
        long sequence;
        boolean last;

        Slice(UUID id, long amount) {
            this.id = id;
            this.left = amount;
        }

        void state(Step.State told) {
            if (left == 0 || told.sequence() <= sequence) {
                return;
            }
            sequence = told.sequence();
            last |= told.last();
            if (last) {
                left = Math.min(left, Math.max(0, told.spent() + told.inFlight() - settled));
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var amounts = Arbitraries.longs().between(1, 300_000_000);
        Arbitrary<Step> open =
                Combinators.combine(amounts, amounts).as((need, more) -> new Step.Open(need, Math.max(need, more)));
        Arbitrary<Step> state = Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.longs().between(0, 5),
                        amounts,
                        amounts,
                        Arbitraries.of(true, false))
                .as(Step.State::new);
        Arbitrary<Step> settle = Combinators.combine(
                        Arbitraries.integers().between(0, 9), amounts, Arbitraries.of(true, false, false))
                .as(Step.Settle::new);
        return Arbitraries.frequencyOf(Tuple.of(3, open), Tuple.of(3, state), Tuple.of(4, settle))
                .list()
                .ofMinSize(3)
                .ofMaxSize(25);
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void theBooksAreAsTheModelSays(@ForAll("steps") List<Step> steps) {
        var user = UUID.randomUUID();
        var owner = UUID.randomUUID();
        var settlements = LEDGER.bean(Settlements.class);
        var model = new Model();
        PEOPLE.lease(user, People.SIGN_UP * 2, People.SIGN_UP * 2);
        for (var step : steps) {
            switch (step) {
                case Step.Open(long need, long want) -> open(user, model, need, want);
                case Step.State told -> {
                    if (told.lease() < model.slices.size()) {
                        var slice = model.slices.get(told.lease());
                        PEOPLE.state(statement(slice, told));
                        slice.state(told);
                    }
                }
                case Step.Settle(int lease, long cost, boolean again) -> {
                    if (lease < model.slices.size()) {
                        var slice = model.slices.get(lease);
                        var usage = usage(user, owner, slice.id, cost);
                        settlements.settle(again ? List.of(usage, usage) : List.of(usage));
                        if (again) {
                            settlements.settle(List.of(usage));
                        }
                        model.settle(slice, cost);
                    }
                }
            }
            assertThat(PEOPLE.posted(user)).isEqualTo(model.posted);
            assertThat(PEOPLE.held(user)).isEqualTo(model.held());
        }
        assertThat(PEOPLE.earned(owner)).isEqualTo(model.earned);
        assertThat(LEDGER.number(
                        "SELECT coalesce(sum(s.loss), 0)::bigint FROM settlement s JOIN account a ON a.id = s.account"
                                + " WHERE a.person = ?",
                        user))
                .isEqualTo(model.loss);
        assertThat(LEDGER.differences()).isEmpty();
    }

    private static void open(UUID user, Model model, long need, long want) {
        long expected = model.open(need, want);
        var answer = PEOPLE.lease(user, need, want);
        if (expected < 0) {
            assertThat(answer.granted()).isNull();
        } else {
            assertThat(answer.granted()).isEqualTo(new Credits(expected));
            model.slices.add(new Slice(answer.leaseId(), expected));
        }
    }

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void whateverHappensAtOnceInTwoProcessesNothingIsLostOrDoubled(@ForAll Random random) throws Exception {
        var user = UUID.randomUUID();
        var owner = UUID.randomUUID();
        long cost = random.nextLong(1_000_000, 5_000_000);
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var processes = List.of(LEDGER, other);
            var spenders = new ArrayList<Callable<Long>>();
            for (int i = 0; i < 12; i++) {
                var process = processes.get(i % 2);
                int requests = 1 + random.nextInt(15);
                spenders.add(() -> spend(process, user, owner, cost, requests));
            }
            long charged = 0;
            for (var spender : threads.invokeAll(spenders)) {
                charged += spender.get();
            }
            assertThat(PEOPLE.posted(user)).isEqualTo(People.SIGN_UP - charged).isNotNegative();
            assertThat(PEOPLE.held(user)).isZero();
            assertThat(LEDGER.differences()).isEmpty();
        }
    }

    /** A holder that spends as a proxy does: within its lease, events sent twice and late. Gives what it spent. */
    private static long spend(Ledger process, UUID user, UUID owner, long cost, int requests) {
        var people = new People(process);
        var settlements = process.bean(Settlements.class);
        long spent = 0;
        for (int i = 0; i < requests; i++) {
            var lease = people.lease(user, cost, cost * 3);
            if (lease.granted() == null) {
                continue;
            }
            var usages = new ArrayList<Usage>();
            for (long left = lease.granted().micro(); left >= cost && usages.size() < 2; left -= cost) {
                usages.add(usage(user, owner, lease.leaseId(), cost));
            }
            people.state(People.statement(lease.leaseId(), 1, cost * usages.size(), true));
            settlements.settle(usages);
            settlements.settle(usages.reversed());
            spent += cost * usages.size();
        }
        return spent;
    }

    private static Statement statement(Slice slice, Step.State told) {
        return new Statement(
                slice.id,
                told.sequence(),
                new Credits(told.spent()),
                List.of(new InFlight(UUID.randomUUID(), new Credits(told.inFlight()))),
                told.last());
    }

    private static Usage usage(UUID user, UUID owner, UUID lease, long cost) {
        Closed event = TestUsage.of(user)
                .cost(cost)
                .from(lease, cost)
                .served(owner, cost)
                .closed();
        return Usage.of(event, 5, 0);
    }
}
