package io.quotabank.platform.identity;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A cap as a claim: an object of numbers, in micro-credits. */
final class CapClaim {

    private static final String VERSION = "version";
    private static final String TOTAL = "total";
    private static final String DAILY = "daily";
    private static final String MONTHLY = "monthly";

    private CapClaim() {}

    static @Nullable Map<String, Object> of(@Nullable SpendingCap cap) {
        if (cap == null) {
            return null;
        }
        var claim = new HashMap<String, Object>();
        claim.put(VERSION, cap.version());
        put(claim, TOTAL, cap.total());
        put(claim, DAILY, cap.daily());
        put(claim, MONTHLY, cap.monthly());
        return claim;
    }

    /** @throws IllegalArgumentException where it isn't a cap, or names no key: nothing is to be spent without its bound */
    static @Nullable SpendingCap read(@Nullable UUID accessKeyId, @Nullable Map<String, Object> claim) {
        if (claim == null) {
            return null;
        }
        if (accessKeyId == null || !(claim.get(VERSION) instanceof Number version)) {
            throw new IllegalArgumentException("a cap of no key, or without its version");
        }
        return new SpendingCap(
                accessKeyId,
                version.longValue(),
                credits(claim, TOTAL),
                credits(claim, DAILY),
                credits(claim, MONTHLY));
    }

    private static void put(Map<String, Object> claim, String name, @Nullable Credits limit) {
        if (limit != null) {
            claim.put(name, limit.micro());
        }
    }

    private static @Nullable Credits credits(Map<String, Object> claim, String name) {
        var limit = claim.get(name);
        if (limit == null) {
            return null;
        }
        if (!(limit instanceof Long || limit instanceof Integer)) {
            throw new IllegalArgumentException("a limit is a whole number");
        }
        return new Credits(((Number) limit).longValue());
    }
}
