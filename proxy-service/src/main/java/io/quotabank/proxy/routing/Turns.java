package io.quotabank.proxy.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Places that calls take one after the other, each call places of its own, round and round. */
final class Turns {

    static final Turns NONE = new Turns(List.of(), Long.MAX_VALUE);

    private final List<RoutedKey> places;
    private final long asOf;
    private final AtomicInteger next = new AtomicInteger();

    private Turns(List<RoutedKey> places, long asOf) {
        this.places = places;
        this.asOf = asOf;
    }

    /**
     * From the key that was used longest ago to the one that was used last.
     *
     * @param asOf the last use that was known when the order was made: in the first round keys used since are passed over
     */
    static Turns oldestFirst(List<RoutedKey> keys, long asOf) {
        return new Turns(keys, asOf);
    }

    /**
     * Each key at as many places as its part of all weights, rounded down or up: places lie at equal steps along the
     * weights laid end to end, from a random point on, so that over many rankings the parts are exact. Keys of weight 0
     * have none.
     *
     * @param weights of the keys, in their order; from 0 on
     */
    static Turns weighted(List<RoutedKey> keys, double[] weights, int places, RandomGenerator random) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        if (sum <= 0) {
            return NONE;
        }
        double step = sum / places;
        double at = random.nextDouble() * step;
        double end = 0;
        var taken = new ArrayList<RoutedKey>(places);
        for (int i = 0; i < keys.size(); i++) {
            end += weights[i];
            while (at < end && taken.size() < places) {
                taken.add(keys.get(i));
                at += step;
            }
        }
        Collections.shuffle(taken, random);
        return new Turns(List.copyOf(taken), Long.MAX_VALUE);
    }

    int size() {
        return places.size();
    }

    /** The key whose turn it is, taken by this caller alone; null where it had one since the order was made. */
    @Nullable
    RoutedKey next() {
        int turn = next.getAndIncrement() & Integer.MAX_VALUE;
        var key = places.get(turn % places.size());
        return turn < places.size() && key.lastUse() > asOf ? null : key;
    }
}
