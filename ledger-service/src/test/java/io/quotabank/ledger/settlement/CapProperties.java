package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
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

/** Leases of keys with caps and without, and their settlements, on the real database beside a model. */
class CapProperties {

    private static final Ledger LEDGER = Ledger.shared();
    private static final People PEOPLE = new People(LEDGER);
    private static final int KEYS = 3;

    sealed interface Step {
        /** @param key the last one has no cap */
        record Open(int key, long version, long need, long want) implements Step {}

        record Limit(int key, long micro) implements Step {}

        record State(int lease, long sequence, long spent, long inFlight, boolean last) implements Step {}

        record Settle(int lease, long cost, boolean again) implements Step {}
    }

    private static final class Key {
        final UUID id = TestUsage.IDS.next();
        final List<Long> limits = new ArrayList<>(List.of(200_000_000L));
        int told = -1;

        SpendingCap cap(long version) {
            int known = (int) (version % limits.size());
            told = Math.max(told, known);
            return new SpendingCap(id, known + 1L, new Credits(limits.get(known)), null, null);
        }

        long limit() {
            return limits.get(told);
        }
    }

    private static final class Slice {
        final UUID id;
        final int key;
        long left;
        long settled;
        long sequence;

        Slice(UUID id, int key, long amount) {
            this.id = id;
            this.key = key;
            this.left = amount;
        }

        void state(Step.State told) {
            if (left > 0 && told.sequence() > sequence) {
                sequence = told.sequence();
                ended |= told.last();
                left = ended ? Math.min(left, Math.max(0, told.spent() + told.inFlight() - settled)) : left;
            }
        }

        private boolean ended;
    }

    private static final class Model {
        final List<Key> keys = List.of(new Key(), new Key());
        final List<Slice> slices = new ArrayList<>();
        long posted = People.SIGN_UP;

        long held(int key) {
            return slices.stream()
                    .filter(slice -> key < 0 || slice.key == key)
                    .mapToLong(slice -> slice.left)
                    .sum();
        }

        long spent(int key) {
            return slices.stream()
                    .filter(slice -> slice.key == key)
                    .mapToLong(slice -> slice.settled)
                    .sum();
        }

        /** What is granted; below zero where it is refused. */
        long open(int key, long need, long want) {
            long room = posted - held(-1);
            if (key < keys.size()) {
                room = Math.min(room, Math.max(0, keys.get(key).limit() - held(key) - spent(key)));
            }
            return room < need ? -1 : Math.min(want, Math.max(need, room / 2));
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var amounts = Arbitraries.longs().between(1, 150_000_000);
        var keys = Arbitraries.integers().between(0, KEYS - 1);
        Arbitrary<Step> open = Combinators.combine(keys, Arbitraries.longs().between(0, 5), amounts, amounts)
                .as((key, version, need, more) -> new Step.Open(key, version, need, Math.max(need, more)));
        Arbitrary<Step> limit = Combinators.combine(
                        Arbitraries.integers().between(0, KEYS - 2),
                        Arbitraries.longs().between(0, 400_000_000))
                .as(Step.Limit::new);
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
        return Arbitraries.frequencyOf(Tuple.of(4, open), Tuple.of(1, limit), Tuple.of(3, state), Tuple.of(4, settle))
                .list()
                .ofMinSize(3)
                .ofMaxSize(25);
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void capsAreAsTheModelSays(@ForAll("steps") List<Step> steps) {
        var user = UUID.randomUUID();
        var model = new Model();
        PEOPLE.lease(user, People.SIGN_UP * 2, People.SIGN_UP * 2);
        for (var step : steps) {
            switch (step) {
                case Step.Open open -> open(user, model, open);
                case Step.Limit(int key, long micro) ->
                    model.keys.get(key).limits.add(micro);
                case Step.State told -> {
                    if (told.lease() < model.slices.size()) {
                        var slice = model.slices.get(told.lease());
                        PEOPLE.state(statement(slice, told));
                        slice.state(told);
                    }
                }
                case Step.Settle told -> {
                    if (told.lease() < model.slices.size()) {
                        settle(user, model, model.slices.get(told.lease()), told);
                    }
                }
            }
            assertThat(PEOPLE.held(user)).isEqualTo(model.held(-1));
            for (int key = 0; key < model.keys.size(); key++) {
                assertThat(PEOPLE.capHeld(model.keys.get(key).id)).isEqualTo(model.held(key));
                assertThat(PEOPLE.capSpent(model.keys.get(key).id)).isEqualTo(model.spent(key));
            }
        }
        assertThat(PEOPLE.posted(user)).isEqualTo(model.posted);
        assertThat(LEDGER.differences()).isEmpty();
    }

    private static void open(UUID user, Model model, Step.Open open) {
        boolean capped = open.key() < model.keys.size();
        var cap = capped ? model.keys.get(open.key()).cap(open.version()) : null;
        long expected = model.open(open.key(), open.need(), open.want());
        var answer = PEOPLE.lease(TestUsage.IDS.next(), user, People.NOBODY, cap, open.need(), open.want());
        if (expected < 0) {
            assertThat(answer.granted()).isNull();
        } else {
            assertThat(answer.granted()).isEqualTo(new Credits(expected));
            model.slices.add(new Slice(answer.leaseId(), open.key(), expected));
        }
    }

    private static void settle(UUID user, Model model, Slice slice, Step.Settle told) {
        var settlements = LEDGER.bean(Settlements.class);
        var usage = usage(user, slice.id, told.cost());
        settlements.settle(told.again() ? List.of(usage, usage) : List.of(usage));
        if (told.again()) {
            settlements.settle(List.of(usage));
        }
        long charge = Math.min(told.cost(), slice.left);
        slice.left -= charge;
        slice.settled += charge;
        model.posted -= charge;
    }

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void whateverManyHoldersDoAtOnceInTwoProcessesTheCapIsSpentToItsEndAndNeverPassed(@ForAll Random random)
            throws Exception {
        var user = UUID.randomUUID();
        long cost = random.nextLong(100_000, 1_000_000);
        int affordable = 5 + random.nextInt(20);
        long most = cost * affordable + random.nextLong(cost);
        var cap = new SpendingCap(TestUsage.IDS.next(), 1, new Credits(most), null, null);
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var processes = List.of(LEDGER, other);
            var spenders = new ArrayList<Callable<Long>>();
            for (int i = 0; i < 12; i++) {
                var process = processes.get(i % 2);
                var under = i % 4 == 3 ? null : cap;
                spenders.add(() -> spend(process, user, under, cost, 5));
            }
            var spent = new ArrayList<Long>();
            for (var spender : threads.invokeAll(spenders)) {
                spent.add(spender.get());
            }
            long capped = 0;
            for (int i = 0; i < spent.size(); i++) {
                capped += i % 4 == 3 ? 0 : spent.get(i);
            }
            capped += spend(LEDGER, user, cap, cost, affordable);
            assertThat(capped).isEqualTo(cost * affordable);
            assertThat(PEOPLE.capSpent(cap.accessKeyId())).isEqualTo(capped);
            assertThat(PEOPLE.capHeld(cap.accessKeyId())).isZero();
            assertThat(PEOPLE.held(user)).isZero();
            assertThat(LEDGER.differences()).isEmpty();
        }
    }

    /** A holder that spends as a proxy does: within its lease, events sent twice and late. Gives what it spent. */
    private static long spend(Ledger process, UUID user, SpendingCap cap, long cost, int requests) {
        var people = new People(process);
        var settlements = process.bean(Settlements.class);
        long spent = 0;
        for (int i = 0; i < requests; i++) {
            var lease = people.lease(TestUsage.IDS.next(), user, People.NOBODY, cap, cost, cost * 3);
            if (lease.granted() == null) {
                continue;
            }
            var usages = new ArrayList<Usage>();
            for (long left = lease.granted().micro(); left >= cost && usages.size() < 2; left -= cost) {
                usages.add(usage(user, lease.leaseId(), cost));
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

    private static Usage usage(UUID user, UUID lease, long cost) {
        var event = TestUsage.of(user)
                .cost(cost)
                .from(lease, cost)
                .attempt(null, 0, cost)
                .closed();
        return Usage.of(event, 5, 0);
    }
}
