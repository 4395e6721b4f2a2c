package io.quotabank.proxy.routing;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.usage.UsageEvent;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a key is worth by each strategy. {@code smart}: 0.4 cost + 0.3 performance + 0.3 reliability, {@code cheapest} and
 * {@code fastest}: one of those alone, each times the multipliers. {@code weighted-round-robin}: US dollars of quota left,
 * 0 where there is no limit. {@code least-recently-used}: seconds since its last use, a day at most.
 */
final class Scoring {

    private static final double COST_WEIGHT = 0.4;
    private static final double PERFORMANCE_WEIGHT = 0.3;
    private static final double RELIABILITY_WEIGHT = 0.3;
    private static final double PLATFORM_OWNED = 0.8;
    private static final double LITTLE_LEFT = 0.5;
    private static final double JUST_USED = 0.9;
    /** 10 US dollars. */
    private static final Credits LITTLE = Credits.of(10L * Credits.PER_USD);

    private static final double MICRO_PER_USD = (double) Credits.MICRO_PER_CREDIT * Credits.PER_USD;
    private static final double MS_PER_S = 1_000;
    private static final double LONGEST_REST_S = TimeUnit.DAYS.toSeconds(1);
    private static final long JUST_NOW_MS = TimeUnit.MINUTES.toMillis(1);
    private static final double AT_LIST_PRICE = 0.5;
    private static final double EXPIRY_HORIZON_MS = TimeUnit.DAYS.toMillis(30);
    // Half the mark for a second to the first token, and for 50 ms a token.
    private static final double USUAL_FIRST_TOKEN_MS = 1_000;
    private static final double USUAL_PER_TOKEN_MS = 50;

    /**
     * @param strategies those that are wanted
     * @param nowMs monotonic
     * @param wallMs since the epoch
     */
    static Map<Strategy, UsageEvent.Routing> scores(RoutedKey key, Set<Strategy> strategies, long nowMs, long wallMs) {
        double cost = cost(key.pool().quotaExpiresAtMs(), wallMs);
        double performance = performance(key.figures());
        double reliability = key.figures().successRate(nowMs);
        double multiplier = multiplier(key, nowMs);
        var scores = new EnumMap<Strategy, UsageEvent.Routing>(Strategy.class);
        for (var strategy : strategies) {
            double sum = switch (strategy) {
                case SMART -> COST_WEIGHT * cost + PERFORMANCE_WEIGHT * performance + RELIABILITY_WEIGHT * reliability;
                case CHEAPEST -> cost;
                case FASTEST -> performance;
                case WEIGHTED_ROUND_ROBIN -> dollarsLeft(key);
                case LEAST_RECENTLY_USED -> Math.min(LONGEST_REST_S, (nowMs - key.usedAtMs()) / MS_PER_S);
            };
            double times = strategy.takesTurns() ? 1 : multiplier;
            scores.put(
                    strategy,
                    new UsageEvent.Routing(strategy.wire(), sum * times, cost, performance, reliability, times));
        }
        return scores;
    }

    private static double dollarsLeft(RoutedKey key) {
        var left = key.leftMicro();
        return left == null ? 0 : Math.max(0, left) / MICRO_PER_USD;
    }

    // Every key sells at list price for now, so half the mark is for that and half for quota about to lapse.
    private static double cost(@Nullable Long expiresAtMs, long wallMs) {
        if (expiresAtMs == null) {
            return AT_LIST_PRICE;
        }
        double left = Math.clamp((expiresAtMs - wallMs) / EXPIRY_HORIZON_MS, 0.0, 1.0);
        return AT_LIST_PRICE + (1 - AT_LIST_PRICE) * (1 - left);
    }

    // What was never measured gets the full mark: that is how a new key comes to be measured.
    private static double performance(KeyFigures figures) {
        return (mark(figures.firstTokenMs(), USUAL_FIRST_TOKEN_MS) + mark(figures.perTokenMs(), USUAL_PER_TOKEN_MS))
                / 2;
    }

    private static double mark(double ms, double usualMs) {
        return ms < 0 ? 1 : usualMs / (usualMs + ms);
    }

    private static double multiplier(RoutedKey key, long nowMs) {
        double product = key.pool().kind() == PoolKeyRecord.Kind.CONSIGNMENT ? 1 : PLATFORM_OWNED;
        var left = key.leftMicro();
        if (left != null && left < LITTLE.micro()) {
            product *= LITTLE_LEFT;
        }
        return nowMs - key.usedAtMs() < JUST_NOW_MS ? product * JUST_USED : product;
    }

    private Scoring() {}
}
