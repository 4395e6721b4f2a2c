package io.quotabank.sandbox.key;

/** One limit per minute that refills continuously. Not safe for use by many threads. */
final class Bucket {

    private static final double NANOS_PER_MINUTE = 60e9;

    private final long perMinute;
    private double left;
    private long asOf;

    Bucket(long perMinute, long now) {
        this.perMinute = perMinute;
        this.left = (double) perMinute;
        this.asOf = now;
    }

    void refill(long now) {
        left = Math.min((double) perMinute, left + (now - asOf) * (perMinute / NANOS_PER_MINUTE));
        asOf = now;
    }

    boolean has(long units, long now) {
        refill(now);
        return left >= units;
    }

    void take(long units) {
        left -= units;
    }

    RateLimits.Standing standing() {
        return new RateLimits.Standing(perMinute, (long) left, nanosFor(perMinute - left));
    }

    RateLimits.Refusal refusal(RateLimits.Kind kind, long units) {
        return new RateLimits.Refusal(kind, standing(), units, nanosFor(units - left));
    }

    /** Rounded up, so that waiting that long is enough. */
    private long nanosFor(double units) {
        return (long) Math.ceil(units * NANOS_PER_MINUTE / perMinute);
    }
}
