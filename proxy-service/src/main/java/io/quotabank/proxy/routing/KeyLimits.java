package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What one key has in use of the limits that its owner set. All are taken together or none is. */
final class KeyLimits {

    /**
     * What one call took.
     *
     * @param atMs the wall-clock time of the taking, which names the windows
     */
    record Taken(Limits limits, long atMs, long tokens, long listMicro) {}

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final AtomicInteger concurrent = new AtomicInteger();
    private final LimitWindow requests = new LimitWindow(TimeUnit.MINUTES.toMillis(1));
    private final LimitWindow tokens = new LimitWindow(TimeUnit.MINUTES.toMillis(1));
    private final LimitWindow daily = new LimitWindow(TimeUnit.DAYS.toMillis(1));

    int concurrent() {
        return concurrent.get();
    }

    /** Takes one call's part of every limit, or nothing. */
    boolean take(Taken call) {
        var limits = call.limits();
        if (!enter(limits.concurrent() == null ? NO_LIMIT : limits.concurrent())) {
            return false;
        }
        if (limits.requestsPerMinute() != null && !requests.take(call.atMs(), 1, limits.requestsPerMinute())) {
            concurrent.decrementAndGet();
            return false;
        }
        if (limits.tokensPerMinute() != null && !tokens.take(call.atMs(), call.tokens(), limits.tokensPerMinute())) {
            undoRequest(call);
            return false;
        }
        if (limits.dailySpend() != null
                && !daily.take(
                        call.atMs(), call.listMicro(), limits.dailySpend().micro())) {
            undoTokens(call, 0);
            undoRequest(call);
            return false;
        }
        return true;
    }

    /** Gives back everything: the call was not made. */
    void undo(Taken call) {
        settle(call, 0, 0);
        if (call.limits().requestsPerMinute() != null) {
            requests.correct(call.atMs(), -1);
        }
    }

    /** The call has ended: expectations are replaced by what it really used. */
    void settle(Taken call, long usedTokens, long usedListMicro) {
        concurrent.decrementAndGet();
        undoTokens(call, usedTokens);
        if (call.limits().dailySpend() != null) {
            daily.correct(call.atMs(), usedListMicro - call.listMicro());
        }
    }

    /** How long until a limit that is reached now may let something through; 0 where none is reached. */
    long waitMs(Limits limits, long nowMs) {
        if (limits.dailySpend() != null
                && daily.used(nowMs) >= limits.dailySpend().micro()) {
            return daily.rest(nowMs);
        }
        boolean requestsUsed = limits.requestsPerMinute() != null && requests.used(nowMs) >= limits.requestsPerMinute();
        boolean tokensUsed = limits.tokensPerMinute() != null && tokens.used(nowMs) >= limits.tokensPerMinute();
        return requestsUsed || tokensUsed ? requests.rest(nowMs) : 0;
    }

    private boolean enter(int most) {
        while (true) {
            int now = concurrent.get();
            if (now >= most) {
                return false;
            }
            if (concurrent.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    private void undoRequest(Taken call) {
        concurrent.decrementAndGet();
        if (call.limits().requestsPerMinute() != null) {
            requests.correct(call.atMs(), -1);
        }
    }

    private void undoTokens(Taken call, long usedTokens) {
        if (call.limits().tokensPerMinute() != null) {
            tokens.correct(call.atMs(), usedTokens - call.tokens());
        }
    }
}
