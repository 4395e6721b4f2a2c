package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.escrow.Sweeping;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.machine.Step.Share;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Many threads with the same few people and holds, on two processes whose connections break now and then. Each asks until
 * it knows how it ended: what was confirmed has happened once, whatever the order.
 */
final class Crowd {

    private static final int MOST_TRIES = 200;
    private static final int STEPS = 14;
    private static final long CAP = 300_000_000;
    private static final List<Share> SHARES = List.of(Share.values());

    private record Hold(UUID id, int person) {}

    private record Consumed(UUID id, int person, long amount) {}

    final List<UUID> people =
            IntStream.range(0, Run.PEOPLE).mapToObj(i -> UUID.randomUUID()).toList();
    final Confirmed confirmed = new Confirmed(people);
    private final UUID owner = UUID.randomUUID();
    private final Calls calls = new Calls(Machine.process(0));
    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private final List<Consumed> consumed = new CopyOnWriteArrayList<>();
    private final Map<UUID, SpendingCap> caps = new HashMap<>();
    private final Map<UUID, Long> capped = new ConcurrentHashMap<>();
    private final Till till = new Till();

    Crowd() {
        people.forEach(person -> {
            // Both remember it: nothing is asked of the database for it while connections break.
            Machine.process(0).bean(Grants.class).welcome(person);
            Machine.process(1).bean(Grants.class).welcome(person);
            till.order(person);
            caps.put(person, new SpendingCap(TestUsage.IDS.next(), 1, new Credits(CAP), null, new Credits(CAP)));
        });
        assertThat(Calls.promote(people.getFirst(), Tier.GOLD)
                        .apply(Machine.process(1))
                        .ok())
                .isTrue();
    }

    void play(int threads, Random random) throws Exception {
        var work = new ArrayList<Callable<Void>>();
        for (int i = 0; i < threads; i++) {
            var own = new Random(random.nextLong());
            boolean breaks = i == 0;
            work.add(() -> {
                for (int step = 0; step < STEPS; step++) {
                    anything(own);
                    if (breaks && step % 4 == 3) {
                        breakConnections();
                    }
                }
                return null;
            });
        }
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (var done : pool.invokeAll(work)) {
                done.get();
            }
        }
    }

    /** All that is said of payments is told at last, and what is due is booked. */
    void end() {
        till.stories().forEach(event -> surely(new Random(), Calls.take(event)));
        people.forEach(person ->
                assertThat(surely(new Random(), Calls.look(person)).ok()).isTrue());
    }

    void compare(Ledger ledger) {
        confirmed.compare(ledger);
        till.compare(ledger);
        var keys = new People(ledger);
        for (var cap : caps.values()) {
            long spent = capped.getOrDefault(cap.accessKeyId(), 0L);
            assertThat(keys.capSpent(cap.accessKeyId())).isEqualTo(spent);
            assertThat(spent + keys.capHeld(cap.accessKeyId())).isLessThanOrEqualTo(CAP);
        }
    }

    private void anything(Random random) {
        int person = random.nextInt(people.size());
        long amount = random.nextLong(1, 120_000_000);
        switch (random.nextInt(16)) {
            case 0 -> recharge(random, person, amount);
            case 1 -> give(random, person, amount);
            case 2, 3 -> consume(random, person, amount);
            case 4, 5 -> any(random, consumed).forEach(of -> refund(random, of));
            case 6, 7 -> spend(random, person, amount);
            case 8, 9 -> open(random, person, amount);
            case 10, 11 -> any(random, holds).forEach(hold -> settle(random, hold, amount / 4));
            case 12 -> any(random, holds).forEach(hold -> surely(random, calls.extend(hold.id(), amount / 4, key())));
            case 13 -> any(random, holds).forEach(hold -> end(random, hold));
            case 14 -> MovedClock.SHARED.pass(Run.UNIT);
            default -> any(random, till.stories()).forEach(event -> surely(random, Calls.take(event)));
        }
    }

    private static <T> List<T> any(Random random, List<T> all) {
        var now = List.copyOf(all);
        return now.isEmpty() ? List.of() : List.of(now.get(random.nextInt(now.size())));
    }

    private void recharge(Random random, int person, long amount) {
        if (surely(random, Calls.recharge(people.get(person), amount, key())).ok()) {
            confirmed.add(person, "recharge", amount);
            confirmed.add(person, "bonus", (person == 0 ? Tier.GOLD : Tier.BRONZE).added(amount));
        }
    }

    private void give(Random random, int person, long amount) {
        int lives = random.nextInt(4);
        var expires = lives == 0 ? null : MovedClock.SHARED.instant().plus(Run.UNIT.multipliedBy(lives));
        if (surely(random, Calls.give(people.get(person), amount, expires, key()))
                .ok()) {
            confirmed.add(person, "bonus", amount);
        }
    }

    private void consume(Random random, int person, long amount) {
        var told = surely(random, Calls.consume(people.get(person), amount, key()));
        if (told.ok()) {
            confirmed.add(person, "consume", amount);
            consumed.add(new Consumed(id(told, "/id"), person, amount));
        }
    }

    private void refund(Random random, Consumed of) {
        long amount = random.nextLong(1, of.amount() + 1);
        if (surely(random, Calls.refund(of.id(), amount, key())).ok()) {
            confirmed.add(of.person(), "consume_refund", amount);
        }
    }

    /** As a proxy does: within its lease, its events sent twice and in another order. */
    private void spend(Random random, int person, long amount) {
        var lease = TestUsage.IDS.next();
        var cap = random.nextBoolean() ? caps.get(people.get(person)) : null;
        var told = surely(random, Calls.lease(lease, people.get(person), amount, amount * 2, cap));
        long granted = told.body().path("granted").asLong(0);
        if (granted > 0) {
            long cost = granted / 3 + 1;
            var events = IntStream.range(0, 2)
                    .mapToObj(i -> Calls.used(
                            TestUsage.IDS.next(), people.get(person), lease, owner, Math.min(cost, granted / 2), cost))
                    .filter(event -> !event.cost().isZero())
                    .toList();
            assertThat(surely(random, Calls.settle(events)).ok()).isTrue();
            assertThat(surely(random, Calls.settle(events.reversed())).ok()).isTrue();
            long spent =
                    events.stream().mapToLong(event -> event.cost().micro()).sum();
            confirmed.add(person, "proxy_usage", spent);
            if (cap != null) {
                capped.merge(cap.accessKeyId(), spent, Long::sum);
            }
            surely(random, Calls.state(lease, new Step.State(0, 1, spent, 0, true)));
        }
    }

    private void open(Random random, int person, long amount) {
        var told = surely(random, calls.open(people.get(person), amount, key()));
        if (told.ok()) {
            holds.add(new Hold(id(told, "/hold/id"), person));
        }
    }

    private void settle(Random random, Hold hold, long amount) {
        if (amount == 0) {
            return;
        }
        int seller = (hold.person() + 1) % people.size();
        var share = SHARES.get(random.nextInt(SHARES.size()));
        var told = surely(
                random, calls.settle(hold.id(), amount, share, people.get(seller), random.nextInt(4) == 0, key()));
        if (told.ok()) {
            confirmed.add(hold.person(), "escrow", amount);
            confirmed.add(seller, "trade", micro(told.body().at("/settlement/parts/seller")));
        }
    }

    private void end(Random random, Hold hold) {
        if (random.nextBoolean()) {
            surely(random, calls.release(hold.id(), key()));
        } else {
            Application.expiredFor(Machine.process(0), hold.id(), Duration.ofSeconds(random.nextInt(3)));
            surely(
                    random,
                    process -> Told.of(() -> {
                        Sweeping.sweep(process);
                        return Model.OK;
                    }));
        }
    }

    /** Until it is known how it ended. Some ask twice at once: it is done where either hears so. */
    private static Told surely(Random random, Function<Ledger, Told> request) {
        int first = random.nextInt(2);
        if (random.nextInt(4) > 0) {
            return known(first, request);
        }
        var twin = new FutureTask<>(() -> known(first + 1, request));
        Thread.ofVirtual().start(twin);
        var told = known(first, request);
        try {
            var other = twin.get();
            return told.ok() ? told : other;
        } catch (InterruptedException | ExecutionException lost) {
            throw new IllegalStateException(lost);
        }
    }

    private static Told known(int process, Function<Ledger, Told> request) {
        for (int i = 0; i < MOST_TRIES; i++) {
            var told = tried(process + i, request);
            if (!told.fault() && !told.code().equals("request_in_flight")) {
                return told;
            }
        }
        throw new AssertionError("nobody says how it ended");
    }

    private static Told tried(int process, Function<Ledger, Told> request) {
        try {
            return request.apply(Machine.process(process));
        } catch (IllegalStateException noAnswer) {
            return Told.of(() -> {
                throw noAnswer;
            });
        }
    }

    /** Of both processes, in whatever they are doing: nobody knows what was committed. */
    private static void breakConnections() {
        var database = Machine.process(0).database();
        try (var other = database.connect(database.service());
                var statement = other.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()");
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private static UUID id(Told told, String path) {
        return UUID.fromString(told.body().at(path).asString());
    }

    private static long micro(JsonNode credits) {
        return credits.decimalValue()
                .multiply(BigDecimal.valueOf(Credits.MICRO_PER_CREDIT))
                .longValueExact();
    }
}
