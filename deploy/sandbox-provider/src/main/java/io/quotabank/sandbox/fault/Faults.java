package io.quotabank.sandbox.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The faults in force. The first one planted that matches a request and strikes is the request's only one. */
public final class Faults {

    private static final int MAX_FAULTS = 1000;

    /** Which requests; null matches any. */
    public record Match(
            @Nullable String apiKey,
            @Nullable String model,
            @Nullable String path) {
        boolean fits(String key, @Nullable String calledModel, String calledPath) {
            return (apiKey == null || apiKey.equals(key))
                    && (model == null || model.equals(calledModel))
                    && (path == null || path.equals(calledPath));
        }
    }

    /**
     * A fault and when it strikes.
     *
     * @param times how often before it is used up; null: until taken away
     * @param probability of striking a request that fits, above 0 and up to 1
     */
    public record Plan(Match match, @Nullable Integer times, double probability, Fault fault) {
        public Plan {
            if (times != null && (times < 1 || times > 1_000_000)) {
                throw new IllegalArgumentException("times is between 1 and 1,000,000.");
            }
            if (!(probability > 0 && probability <= 1)) {
                throw new IllegalArgumentException("probability is above 0 and at most 1.");
            }
        }
    }

    private record Planted(Plan plan, AtomicInteger left) {}

    private final List<Planted> planted = new CopyOnWriteArrayList<>();
    private final DoubleSupplier chance;

    /** @param chance evenly distributed numbers from 0 up to 1 */
    public Faults(DoubleSupplier chance) {
        this.chance = chance;
    }

    /** @throws IllegalArgumentException when there are too many */
    public void plant(Plan plan) {
        if (planted.size() >= MAX_FAULTS) {
            throw new IllegalArgumentException("There are " + MAX_FAULTS + " faults already, and no more are kept.");
        }
        planted.add(new Planted(plan, new AtomicInteger(plan.times() == null ? 0 : plan.times())));
    }

    /** Takes every fault away; tells how many there were. */
    public int clear() {
        var count = planted.size();
        planted.clear();
        return count;
    }

    /** The fault that strikes this request, counted as used; null when none does. */
    public @Nullable Fault strike(String key, @Nullable String model, String path) {
        for (var each : planted) {
            var plan = each.plan();
            if (plan.match().fits(key, model, path) && happens(plan) && use(each)) {
                return plan.fault();
            }
        }
        return null;
    }

    private boolean happens(Plan plan) {
        return plan.probability() >= 1 || chance.getAsDouble() < plan.probability();
    }

    private boolean use(Planted each) {
        if (each.plan().times() == null) {
            return true;
        }
        var before = each.left().getAndUpdate(left -> Math.max(0, left - 1));
        if (before <= 1) {
            // Two equal plans have two counters, and counters are equal only to themselves.
            planted.remove(each);
        }
        return before > 0;
    }
}
