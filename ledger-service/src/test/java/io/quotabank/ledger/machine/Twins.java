package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** 13. The same usage twice: as it came, and shuffled, with repeats and cut into other batches. */
final class Twins {

    private static final int PEOPLE = 3;
    private static final long LEASE = 100_000_000;

    /** People with a lease each, and the owners of the keys that served them. */
    private record Side(List<UUID> people, List<UUID> leases, List<UUID> owners) {

        static Side open(Ledger ledger) {
            var people =
                    IntStream.range(0, PEOPLE).mapToObj(i -> UUID.randomUUID()).toList();
            var leases = people.stream()
                    .map(person ->
                            new People(ledger).lease(person, LEASE, LEASE).leaseId())
                    .toList();
            return new Side(people, leases, List.of(UUID.randomUUID(), UUID.randomUUID()));
        }

        List<Closed> events(List<Long> costs) {
            return IntStream.range(0, costs.size())
                    .mapToObj(i -> Calls.used(
                            TestUsage.IDS.next(),
                            people.get(i % PEOPLE),
                            leases.get(i % PEOPLE),
                            owners.get(i % 2),
                            costs.get(i),
                            costs.get(i)))
                    .toList();
        }

        List<Long> balances(Ledger ledger) {
            var all = new People(ledger);
            return Stream.of(
                            people.stream().map(all::posted),
                            people.stream().map(all::held),
                            owners.stream().map(all::earned))
                    .flatMap(each -> each)
                    .toList();
        }
    }

    /** @param costs together at most what the leases have: nothing is refused */
    static void compare(List<Long> costs, Random random) {
        var ledger = Machine.process(0);
        var one = Side.open(ledger);
        var other = Side.open(ledger);
        one.events(costs).forEach(event -> settle(ledger, List.of(event)));

        var events = new ArrayList<>(other.events(costs));
        events.addAll(events.subList(0, random.nextInt(events.size())));
        Collections.shuffle(events, random);
        for (int from = 0; from < events.size(); ) {
            int to = Math.min(events.size(), from + 1 + random.nextInt(9));
            settle(Machine.process(random.nextInt(2)), events.subList(from, to));
            // A batch that comes again begins with what was settled.
            from = to - (random.nextInt(3) == 0 && to - from > 1 && to < events.size() ? 1 : 0);
        }
        assertThat(other.balances(ledger)).isEqualTo(one.balances(ledger));
    }

    /** What each cost can be at most, of so many. */
    static long most(int costs) {
        return LEASE / (costs / PEOPLE + 1);
    }

    private static void settle(Ledger ledger, List<Closed> batch) {
        assertThat(Calls.settle(List.copyOf(batch)).apply(ledger).code()).isEqualTo(Model.OK);
    }

    private Twins() {}
}
