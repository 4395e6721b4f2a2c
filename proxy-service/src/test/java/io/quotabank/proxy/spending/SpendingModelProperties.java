package io.quotabank.proxy.spending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import io.quotabank.contracts.lease.LedgerLeases.Recall;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.spending.Spending.Outcome;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Two instances, two users, one ledger, and anything that can happen in any order: whatever it was, nobody is overspent,
 * every closed request is charged what it cost, and nothing stays held when all is quiet.
 */
class SpendingModelProperties {

    enum Act {
        RESERVE,
        EXTEND,
        CLOSE,
        SETTLE,
        RECALL,
        IDLE,
        LOOK,
        LOSE_ANSWERS,
        REFUSE_CONNECTIONS,
        HEAL,
        KILL
    }

    record Step(Act act, int instance, int which, long amount) {}

    private record Running(int instance, UUID id, UUID user, Reservation reservation) {}

    private static final long POSTED = 10_000;
    private static final PricedModel PRICE = new PricedModel(
            new Model(
                    "m",
                    "M",
                    "o",
                    List.of(),
                    Map.of(),
                    "o200k_base",
                    1,
                    1,
                    List.of(),
                    new Price(BigDecimal.ONE, BigDecimal.ONE, null, null, null, null)),
            1,
            Map.of("bronze", 13_000));

    @Property(tries = 150)
    void neverOverspendsNeverForgetsAndReturnsEverything(@ForAll("steps") List<Step> steps) {
        try (var world = new World()) {
            steps.forEach(world::take);
            world.quiet();
        }
    }

    private static final class World implements AutoCloseable {

        private final UUID[] users = {new UUID(1, 1), new UUID(1, 2)};
        private final FakeLedger ledger = new FakeLedger();
        private final Spendings[] instances = new Spendings[2];
        private final List<Running> running = new ArrayList<>();
        private final Deque<Closed> events = new ArrayDeque<>();
        private long cost;

        private World() {
            for (var user : users) {
                ledger.with(user, POSTED);
            }
            instances[0] = instance();
            instances[1] = instance();
            ledger.recallsBy(this::recalled);
        }

        private Spendings instance() {
            return new Spendings(ledger, Spendings.settings(Duration.ofSeconds(60), Duration.ofMillis(300)));
        }

        private Optional<Statement> recalled(Recall recall) {
            return instances[0]
                    .spending
                    .recall(recall.leaseId())
                    .or(() -> instances[1].spending.recall(recall.leaseId()));
        }

        private void take(Step step) {
            var here = instances[step.instance()];
            switch (step.act()) {
                case RESERVE -> reserve(step, here);
                case EXTEND -> one(step).ifPresent(it -> it.reservation().extend(new Credits(step.amount())));
                case CLOSE -> one(step).ifPresent(it -> close(it, step.amount()));
                case SETTLE -> {
                    if (!events.isEmpty()) {
                        ledger.settle(events.removeFirst());
                    }
                }
                case RECALL -> recall(here, step);
                case IDLE -> here.job.turn(0);
                case LOOK -> here.job.turn(Long.MAX_VALUE);
                case LOSE_ANSWERS -> ledger.failAfter(new IllegalStateException("read timed out"));
                case REFUSE_CONNECTIONS ->
                    ledger.failBefore(new IllegalStateException(new ConnectException("refused")));
                case HEAL -> heal();
                case KILL -> kill(step.instance());
            }
            assertThat(ledger.violations()).isEmpty();
        }

        private void reserve(Step step, Spendings here) {
            var id = UUID.randomUUID();
            var user = users[step.which() % 2];
            var outcome = here.spending.reserve(id, user, tier -> new Credits(step.amount()));
            if (outcome instanceof Outcome.Reserved(var reservation)) {
                reservation.opened(
                        new UsageEvent.Opened(id, user, null, "chat", "m", false, reservation.atMost(), 1),
                        PRICE,
                        13_000);
                running.add(new Running(step.instance(), id, user, reservation));
            }
        }

        private Optional<Running> one(Step step) {
            return running.isEmpty() ? Optional.empty() : Optional.of(running.get(step.which() % running.size()));
        }

        private void close(Running it, long amount) {
            running.remove(it);
            long atMost = it.reservation().atMost().micro();
            long taken = atMost == 0 ? 0 : amount % (atMost + 1);
            var closed = Spendings.closed(it.id(), it.user(), it.reservation(), taken);
            it.reservation().close(closed);
            events.add(closed);
            cost += taken;
        }

        private void recall(Spendings here, Step step) {
            var lease = here.wallets.of(users[step.which() % 2]).lease();
            if (lease != null) {
                here.spending.recall(lease.id());
            }
        }

        private void heal() {
            ledger.failBefore(null);
            ledger.failAfter(null);
        }

        // Some had delivered, some had not; the next process replays, then takes its place.
        private void kill(int which) {
            for (var it : List.copyOf(running)) {
                if (it.instance() == which) {
                    running.remove(it);
                    long noted = it.reservation().atMost().micro() / 2;
                    it.reservation().attempt(0, UUID.randomUUID(), null, 0, "p");
                    it.reservation().note(TokenUsage.of(1, 1), new Credits(noted), new Credits(noted));
                    cost += noted;
                }
            }
            var replayed = instances[which].journal.kill();
            instances[which].close();
            for (var closed : replayed.closed()) {
                // Also those that were sent before: the ledger knows them by their id.
                events.add(closed);
            }
            heal();
            replayed.statements().forEach(statement -> ledger.state(statement.leaseId(), statement));
            instances[which] = instance();
        }

        private void quiet() {
            heal();
            for (var it : List.copyOf(running)) {
                close(it, Long.MAX_VALUE - 1);
            }
            await().pollInterval(Duration.ofMillis(5)).until(() -> {
                instances[0].job.turn(0);
                instances[1].job.turn(0);
                return instances[0].leases.size() + instances[1].leases.size() == 0;
            });
            events.forEach(ledger::settle);
            assertThat(ledger.violations()).isEmpty();
            assertThat(ledger.loss()).isZero();
            assertThat(ledger.posted(users[0]) + ledger.posted(users[1])).isEqualTo(2 * POSTED - cost);
            assertThat(ledger.held(users[0]) + ledger.held(users[1])).isZero();
        }

        @Override
        public void close() {
            instances[0].close();
            instances[1].close();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var acts = Arbitraries.frequency(
                Tuple.of(10, Act.RESERVE),
                Tuple.of(3, Act.EXTEND),
                Tuple.of(8, Act.CLOSE),
                Tuple.of(5, Act.SETTLE),
                Tuple.of(2, Act.RECALL),
                Tuple.of(2, Act.IDLE),
                Tuple.of(3, Act.LOOK),
                Tuple.of(1, Act.LOSE_ANSWERS),
                Tuple.of(1, Act.REFUSE_CONNECTIONS),
                Tuple.of(3, Act.HEAL),
                Tuple.of(1, Act.KILL));
        return Combinators.combine(
                        acts,
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.longs().between(0, 4_000))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
