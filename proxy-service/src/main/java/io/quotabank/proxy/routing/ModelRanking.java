package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The keys of one model in the order to try them; made off the hot path and never changed.
 *
 * @param preferred keys that were usable when they were ranked, best first
 * @param band how many of them are as good as the best
 * @param fallback platform keys for when nothing else can, by priority
 * @param probes keys whose cool-down was over when they were ranked
 * @param all every key of the model, ranked or not
 */
record ModelRanking(
        List<RoutedKey> preferred, int band, List<RoutedKey> fallback, List<RoutedKey> probes, List<RoutedKey> all) {

    private record Ranked(RoutedKey key, double score) {}

    /** Ranks keys that have been scored. */
    static ModelRanking of(List<RoutedKey> keys, double bandShare, long nowMs) {
        var usable = new ArrayList<Ranked>(keys.size());
        var fallback = new ArrayList<RoutedKey>();
        var probes = new ArrayList<RoutedKey>();
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
            }
        }
        usable.sort(Comparator.comparingDouble(Ranked::score).reversed());
        fallback.sort(Comparator.comparingInt(key -> key.pool().priority()));
        double least = usable.isEmpty() ? 0 : usable.getFirst().score() * bandShare;
        int band = 0;
        while (band < usable.size() && usable.get(band).score() >= least) {
            band++;
        }
        return new ModelRanking(
                usable.stream().map(Ranked::key).toList(), band, List.copyOf(fallback), List.copyOf(probes), keys);
    }
}
