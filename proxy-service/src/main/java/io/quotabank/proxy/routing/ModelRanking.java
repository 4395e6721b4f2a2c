package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The keys of one model in the order to try them; made off the hot path and never changed.
 *
 * @param strategy by which it was made
 * @param turns the places that calls take one after the other, where the strategy wants that
 * @param front some keys as good as the best, drawn anew at each ranking: few, so that what is known of them stays in
 *     the processor's caches however many keys there are
 * @param band all keys as good as the best
 * @param preferred keys that were usable when they were ranked, best first
 * @param others keys that were not usable then, nor due for a probe
 * @param fallback platform keys for when nothing else can, by priority
 * @param probes keys whose cool-down was over when they were ranked
 * @param all every key of the model, ranked or not
 */
record ModelRanking(
        Strategy strategy,
        Turns turns,
        List<RoutedKey> front,
        List<RoutedKey> band,
        List<RoutedKey> preferred,
        List<RoutedKey> others,
        List<RoutedKey> fallback,
        List<RoutedKey> probes,
        List<RoutedKey> all) {

    private record Ranked(RoutedKey key, double score) {}

    /** Turns that weights are laid out on, for each key that a choice examines at most. */
    private static final int TURNS_EACH = 4;

    /**
     * What a ranking is made by.
     *
     * @param lastUse the last use of any key before it is made
     * @param random of the thread that ranks, alone
     */
    record Terms(
            Strategy strategy, double bandShare, int frontSize, long nowMs, long lastUse, RandomGenerator random) {}

    /** Ranks keys that have been scored. */
    static ModelRanking of(List<RoutedKey> keys, Terms terms) {
        var usable = new ArrayList<Ranked>(keys.size());
        var fallback = new ArrayList<RoutedKey>();
        var probes = new ArrayList<RoutedKey>();
        var others = new ArrayList<RoutedKey>();
        for (var key : keys) {
            var state = key.health().state(terms.nowMs());
            if (key.pool().kind() == PoolKeyRecord.Kind.FALLBACK) {
                fallback.add(key);
            } else if (state == KeyHealth.State.PROBE_DUE) {
                probes.add(key);
            } else if (state == KeyHealth.State.WELL) {
                // Read once: it may be replaced while the keys are sorted.
                usable.add(new Ranked(key, score(key, terms.strategy())));
            } else {
                others.add(key);
            }
        }
        usable.sort(Comparator.comparingDouble(Ranked::score).reversed());
        fallback.sort(Comparator.comparingInt(key -> key.pool().priority()));
        var preferred = usable.stream().map(Ranked::key).toList();
        boolean inTurn = terms.strategy().takesTurns();
        var band = inTurn ? List.<RoutedKey>of() : preferred.subList(0, band(usable, terms.bandShare()));
        return new ModelRanking(
                terms.strategy(),
                inTurn ? turns(usable, preferred, terms) : Turns.NONE,
                front(band, terms.frontSize()),
                band,
                preferred,
                List.copyOf(others),
                List.copyOf(fallback),
                List.copyOf(probes),
                keys);
    }

    private static double score(RoutedKey key, Strategy strategy) {
        if (strategy == Strategy.LEAST_RECENTLY_USED) {
            return -key.lastUse();
        }
        var score = key.score(strategy);
        return score == null ? 0 : score.score();
    }

    private static Turns turns(List<Ranked> usable, List<RoutedKey> preferred, Terms terms) {
        return terms.strategy() == Strategy.LEAST_RECENTLY_USED
                ? Turns.oldestFirst(preferred, terms.lastUse())
                : Turns.weighted(preferred, weights(usable), TURNS_EACH * terms.frontSize(), terms.random());
    }

    // A key without a limit has as much left as the fullest that has one; where none has, all weigh the same.
    private static double[] weights(List<Ranked> usable) {
        double fullest = usable.stream().mapToDouble(Ranked::score).max().orElse(0);
        double unlimited = fullest > 0 ? fullest : 1;
        return usable.stream()
                .mapToDouble(ranked -> ranked.key().leftMicro() == null ? unlimited : ranked.score())
                .toArray();
    }

    /** How many keys are as good as the best. */
    private static int band(List<Ranked> sorted, double bandShare) {
        double least = sorted.isEmpty() ? 0 : sorted.getFirst().score() * bandShare;
        int band = 0;
        while (band < sorted.size() && sorted.get(band).score() >= least) {
            band++;
        }
        return band;
    }

    private static List<RoutedKey> front(List<RoutedKey> band, int size) {
        var random = ThreadLocalRandom.current();
        var drawn = new ArrayList<>(band);
        int wanted = Math.min(size, drawn.size());
        for (int i = 0; i < wanted; i++) {
            Collections.swap(drawn, i, random.nextInt(i, drawn.size()));
        }
        return List.copyOf(drawn.subList(0, wanted));
    }
}
