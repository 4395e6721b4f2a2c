package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The keys of one model in the order to try them; made off the hot path and never changed.
 *
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
        List<RoutedKey> front,
        List<RoutedKey> band,
        List<RoutedKey> preferred,
        List<RoutedKey> others,
        List<RoutedKey> fallback,
        List<RoutedKey> probes,
        List<RoutedKey> all) {

    private record Ranked(RoutedKey key, double score) {}

    /** Ranks keys that have been scored. */
    static ModelRanking of(List<RoutedKey> keys, double bandShare, int frontSize, long nowMs) {
        var usable = new ArrayList<Ranked>(keys.size());
        var fallback = new ArrayList<RoutedKey>();
        var probes = new ArrayList<RoutedKey>();
        var others = new ArrayList<RoutedKey>();
        for (var key : keys) {
            var state = key.health().state(nowMs);
            if (key.pool().kind() == PoolKeyRecord.Kind.FALLBACK) {
                fallback.add(key);
            } else if (state == KeyHealth.State.PROBE_DUE) {
                probes.add(key);
            } else if (state == KeyHealth.State.WELL) {
                // The score is read once: it may be replaced while the keys are sorted.
                var score = key.score();
                usable.add(new Ranked(key, score == null ? 0 : score.score()));
            } else {
                others.add(key);
            }
        }
        usable.sort(Comparator.comparingDouble(Ranked::score).reversed());
        fallback.sort(Comparator.comparingInt(key -> key.pool().priority()));
        var preferred = usable.stream().map(Ranked::key).toList();
        var band = preferred.subList(0, band(usable, bandShare));
        return new ModelRanking(
                front(band, frontSize),
                band,
                preferred,
                List.copyOf(others),
                List.copyOf(fallback),
                List.copyOf(probes),
                keys);
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
