package io.quotabank.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TurnsProperties {

    private static final int PLACES = 128;

    @Property(tries = 300)
    void eachKeyHasItsPartOfThePlacesToOneMoreOrLess(
            @ForAll @Size(min = 1, max = 60) List<@DoubleRange(min = 0, max = 1_000) Double> weights,
            @ForAll long seed) {
        var keys = weights.stream().map(weight -> key()).toList();
        var turns = Turns.weighted(
                keys, weights.stream().mapToDouble(Double::doubleValue).toArray(), PLACES, new SplittableRandom(seed));
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        if (sum == 0) {
            assertThat(turns.size()).isZero();
            return;
        }
        var had = new HashMap<RoutedKey, Integer>();
        for (int i = 0; i < turns.size(); i++) {
            had.merge(turns.next(), 1, Integer::sum);
        }
        for (int i = 0; i < keys.size(); i++) {
            double part = PLACES * weights.get(i) / sum;
            assertThat((double) had.getOrDefault(keys.get(i), 0)).isBetween(part - 1.000_001, part + 1.000_001);
        }
        assertThat(turns.next()).as("the next round begins").isNotNull();
    }

    /** In one thread the order is exact, whenever keys are ranked between. */
    @Property(tries = 200)
    void theKeyUsedLongestAgoIsNext(
            @ForAll @IntRange(min = 1, max = 50) int count, @ForAll @Size(max = 300) List<Boolean> ranks) {
        var routing = new Routing(
                TestRouting.settings(Strategy.LEAST_RECENTLY_USED, 1_000), () -> 1_000_000, InstantSource.system());
        var order = new ArrayList<UUID>();
        var records = new PoolKeyRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = record();
        }
        TestRouting.put(routing, records);
        for (var rank : ranks) {
            if (rank) {
                routing.rank();
            }
            var choice = routing.choose(new Wanted(TestCatalog.priced("m"), 10, 20));
            assertThat(choice).isInstanceOf(Choice.Chosen.class);
            var id = ((Choice.Chosen) choice).pick().key().keyId();
            if (order.size() == count) {
                assertThat(id).isEqualTo(order.getFirst());
                order.removeFirst();
            }
            assertThat(order).doesNotContain(id);
            order.add(id);
        }
    }

    @Example
    void aKeyThatWasUsedSinceTheOrderWasMadeIsPassedOverOnce() {
        var keys = List.of(key(), key());
        var turns = Turns.oldestFirst(keys, 7);
        keys.getFirst().used(1_000, 8);
        keys.getLast().used(1_000, 7);

        assertThat(turns.next()).isNull();
        assertThat(turns.next()).isSameAs(keys.getLast());
        assertThat(turns.next()).isSameAs(keys.getFirst());
        assertThat(turns.next()).isSameAs(keys.getLast());
    }

    private static RoutedKey key() {
        return new RoutedKey(record(), "host", new HostHealth(TestRouting.SETTINGS), TestRouting.SETTINGS);
    }

    private static PoolKeyRecord record() {
        var host = "https://provider.example/v1";
        return TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", host, "sealed", "m");
    }
}
