package io.quotabank.proxy.routing;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What a key's recent calls tell: how many succeeded within the window, how fast they were, what they spent. Times are
 * monotonic milliseconds.
 */
final class KeyFigures {

    private static final int BUCKETS = 20;
    // A new sample moves the average by a fifth.
    private static final double SAMPLE_WEIGHT = 0.2;
    private static final double UNKNOWN = -1;
    private static final long RECENTLY_MS = TimeUnit.SECONDS.toMillis(2);

    private final long bucketMs;
    private final int[] good = new int[BUCKETS];
    private final int[] bad = new int[BUCKETS];
    private final long[] number = new long[BUCKETS];
    private double firstTokenMs = UNKNOWN;
    private double perTokenMs = UNKNOWN;
    private long spent;
    private long spentBefore;
    private long spentNow;
    private long spentNumber;

    KeyFigures(RoutingProperties properties) {
        this.bucketMs = Math.max(1, properties.window().toMillis() / BUCKETS);
        Arrays.fill(number, Long.MIN_VALUE);
    }

    synchronized void count(long nowMs, boolean success) {
        long current = nowMs / bucketMs;
        int at = (int) (current % BUCKETS);
        if (number[at] != current) {
            number[at] = current;
            good[at] = 0;
            bad[at] = 0;
        }
        if (success) {
            good[at]++;
        } else {
            bad[at]++;
        }
    }

    /** The part of calls within the window that succeeded, 0 to 1; a key without calls is trusted. */
    synchronized double successRate(long nowMs) {
        long oldest = nowMs / bucketMs - BUCKETS;
        long ok = 0;
        long failed = 0;
        for (int i = 0; i < BUCKETS; i++) {
            if (number[i] > oldest) {
                ok += good[i];
                failed += bad[i];
            }
        }
        return (ok + 1.0) / (ok + failed + 1.0);
    }

    synchronized void firstToken(double ms) {
        firstTokenMs = averaged(firstTokenMs, ms);
    }

    synchronized void perToken(double ms) {
        perTokenMs = averaged(perTokenMs, ms);
    }

    /** Average time to the first token in milliseconds, negative where none was seen. */
    synchronized double firstTokenMs() {
        return firstTokenMs;
    }

    /** Average time for each generated token in milliseconds, negative where none was seen. */
    synchronized double perTokenMs() {
        return perTokenMs;
    }

    /** Adds micro-credits at list price. */
    synchronized void spend(long nowMs, long micro) {
        roll(nowMs);
        spent += micro;
        spentNow += micro;
    }

    /** Everything spent since the start, in micro-credits at list price. */
    synchronized long spent() {
        return spent;
    }

    /** What was spent in the last 2 to 4 seconds: the pool can't have counted it yet. */
    synchronized long spentRecently(long nowMs) {
        roll(nowMs);
        return spentBefore + spentNow;
    }

    private void roll(long nowMs) {
        long current = nowMs / RECENTLY_MS;
        if (current != spentNumber) {
            spentBefore = current == spentNumber + 1 ? spentNow : 0;
            spentNow = 0;
            spentNumber = current;
        }
    }

    private static double averaged(double average, double sample) {
        return average < 0 ? sample : average + SAMPLE_WEIGHT * (sample - average);
    }
}
