package io.quotabank.sandbox.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The faults in force. The first one planted that matches a request and strikes is the request's only one. */
public final class Faults {

    private static final int MAX_FAULTS = 1000;

    /**
     * A request as faults see it.
     *
     * @param model null where none is called
     * @param host as the client named it, with its port if it did; null where it did not
     */
    public record Struck(
            String apiKey,
            @Nullable String model,
            String path,
            @Nullable String host) {}

    /**
     * Which requests; null matches any.
     *
     * @param host with or without a port: without one it fits each
     */
    public record Match(
            @Nullable String apiKey,
            @Nullable String model,
            @Nullable String path,
            @Nullable String host) {
        boolean fits(Struck request) {
            return (apiKey == null || apiKey.equals(request.apiKey()))
                    && (model == null || model.equals(request.model()))
                    && (path == null || path.equals(request.path()))
                    && (host == null || fitsHost(host, request.host()));
        }

        private static boolean fitsHost(String wanted, @Nullable String named) {
            return named != null
                    && (named.equalsIgnoreCase(wanted)
                            || named.replaceFirst(":\\d+$", "").equalsIgnoreCase(wanted));
        }
    }

    /**
     * A fault and when it strikes.
     *
     * @param times how often before it is used up; null: until taken away
     * @param forMs how long after planting before it is over; null: until taken away
     * @param probability of striking a request that fits, above 0 and up to 1
     */
    public record Plan(
            Match match, @Nullable Integer times, @Nullable Integer forMs, double probability, Fault fault) {
        public Plan {
            if (forMs != null && (forMs < 1 || forMs > 3_600_000)) {
                throw new IllegalArgumentException("forMs is between 1 and 3,600,000.");
            }
            if (times != null && (times < 1 || times > 1_000_000)) {
                throw new IllegalArgumentException("times is between 1 and 1,000,000.");
            }
            if (!(probability > 0 && probability <= 1)) {
                throw new IllegalArgumentException("probability is above 0 and at most 1.");
            }
        }
    }

    private record Planted(Plan plan, AtomicInteger left, long plantedNanos) {
        boolean overAt(long nowNanos) {
            return plan.forMs() != null && nowNanos - plantedNanos >= plan.forMs() * 1_000_000L;
        }
    }

    private final List<Planted> planted = new CopyOnWriteArrayList<>();
    private final DoubleSupplier chance;
    private final LongSupplier nanos;

    /**
     * No faults yet.
     *
     * @param chance evenly distributed numbers from 0 up to 1
     * @param nanos a monotonic clock
     */
    public Faults(DoubleSupplier chance, LongSupplier nanos) {
        this.chance = chance;
        this.nanos = nanos;
    }

    /** @throws IllegalArgumentException when there are too many */
    public void plant(Plan plan) {
        planted.removeIf(each -> each.overAt(nanos.getAsLong()));
        if (planted.size() >= MAX_FAULTS) {
            throw new IllegalArgumentException("There are " + MAX_FAULTS + " faults already, and no more are kept.");
        }
        var times = new AtomicInteger(plan.times() == null ? 0 : plan.times());
        planted.add(new Planted(plan, times, nanos.getAsLong()));
    }

    /** Takes every fault away; tells how many there were. */
    public int clear() {
        var count = planted.size();
        planted.clear();
        return count;
    }

    /** The fault that strikes this request, counted as used; null when none does. */
    public @Nullable Fault strike(Struck request) {
        for (var each : planted) {
            var plan = each.plan();
            if (plan.match().fits(request) && !over(each) && happens(plan) && use(each)) {
                return plan.fault();
            }
        }
        return null;
    }

    private boolean over(Planted each) {
        if (!each.overAt(nanos.getAsLong())) {
            return false;
        }
        planted.remove(each);
        return true;
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
