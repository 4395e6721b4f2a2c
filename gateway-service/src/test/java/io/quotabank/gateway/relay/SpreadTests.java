package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.platform.peer.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class SpreadTests {

    private static final long NOW = 1_000;
    private static final int CALLERS = 4_000;

    @Property(tries = 50)
    void movesOnlyTheCallersOfTheOneThatGoesAndThoseToAllOthers(
            @ForAll @IntRange(min = 2, max = 24) int count, @ForAll int seed) {
        var all = instances(count);
        var spread = new Spread(1.25);
        var before = homes(spread, all, seed);
        var gone = all[Math.floorMod(seed, count)];

        var rest = Arrays.stream(all).filter(instance -> instance != gone).toArray(Instance[]::new);
        var after = homes(spread, rest, seed);

        assertThat(before.entrySet())
                .filteredOn(home -> home.getValue() != gone)
                .allSatisfy(home -> assertThat(after.get(home.getKey())).isSameAs(home.getValue()));
        var moved = before.entrySet().stream()
                .filter(home -> home.getValue() == gone)
                .map(home -> after.get(home.getKey()))
                .toList();
        // An even share is CALLERS / count; four standard deviations of chance around it.
        double share = (double) CALLERS / count;
        assertThat(moved).hasSizeBetween((int) (share - 4 * Math.sqrt(share)), (int) (share + 4 * Math.sqrt(share)));
        assertThat(Set.copyOf(moved)).hasSizeGreaterThanOrEqualTo(Math.min(count - 1, 2));
        // The same one comes back: everybody is where they were.
        assertThat(homes(spread, all, seed)).isEqualTo(before);
    }

    @Property(tries = 200)
    void givesNoInstanceMoreThanItsBoundedShare(
            @ForAll @IntRange(min = 2, max = 24) int count,
            @ForAll @IntRange(min = 1, max = 300) int requests,
            @ForAll @IntRange(min = 1, max = 5) int callers,
            @ForAll @DoubleRange(min = 1.0, max = 3.0) double bound,
            @ForAll int seed) {
        var all = instances(count);
        var spread = new Spread(bound);
        var random = new Random(seed);
        var underWay = new ArrayList<Instance>();
        for (int i = 0; i < requests; i++) {
            if (!underWay.isEmpty() && random.nextInt(4) == 0) {
                underWay.remove(random.nextInt(underWay.size())).end();
            }
            var picked = spread.pick(all, random.nextInt(callers), Set.of(), NOW);
            assertThat(picked).isNotNull();
            picked.begin();
            underWay.add(picked);

            assertThat(picked.inFlight()).isLessThanOrEqualTo((int) Math.ceil(bound * underWay.size() / count));
        }
    }

    @Property(tries = 100)
    void staysAwayFromWhoIsOutOfReachWhileThereIsAnother(
            @ForAll @IntRange(min = 2, max = 12) int count, @ForAll long caller) {
        var all = instances(count);
        var home = new Spread(1.25).pick(all, caller, Set.of(), NOW);
        assertThat(home).isNotNull();
        home.takeOut(NOW + 1);

        var other = new Spread(1.25).pick(all, caller, Set.of(), NOW);
        assertThat(other).isNotNull().isNotSameAs(home);
        assertThat(new Spread(1.25).pick(all, caller, Set.of(), NOW + 1)).isSameAs(home);

        // Better a try at one that was out of reach than a refusal; but none is tried twice.
        List.of(all).forEach(instance -> instance.takeOut(NOW + 1));
        assertThat(new Spread(1.25).pick(all, caller, Set.of(), NOW)).isNotNull();
        assertThat(new Spread(1.25).pick(all, caller, Set.of(all), NOW)).isNull();
    }

    @Property(tries = 20)
    void triesEachInstanceOnce(@ForAll @IntRange(min = 2, max = 12) int count, @ForAll long caller) {
        var all = instances(count);
        var tried = new HashSet<Instance>();
        for (int i = 0; i < count; i++) {
            assertThat(tried.add(new Spread(1.25).pick(all, caller, tried, NOW)))
                    .isTrue();
        }
        assertThat(tried).containsExactlyInAnyOrder(all).doesNotContainNull();
    }

    private static Map<Integer, Instance> homes(Spread spread, Instance[] all, int seed) {
        var homes = new HashMap<Integer, Instance>();
        for (int caller = 0; caller < CALLERS; caller++) {
            homes.put(caller, spread.pick(all, seed * 31L + caller, Set.of(), NOW));
        }
        return homes;
    }

    private static Instance[] instances(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Instance(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 9000 + i),
                        new Peer("127.0.0.1", 9000 + i)))
                .toArray(Instance[]::new);
    }
}
