package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.text.Text;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Credits to be given.
 *
 * @param key gives once, for ever
 * @param amount above zero
 * @param expiresAt null for never
 * @param reason why, in an administrator's words
 * @param actor who decided it; null for a rule
 */
public record Gift(
        String key,
        Origin origin,
        Credits amount,
        @Nullable Instant expiresAt,
        @Nullable String reason,
        @Nullable String actor) {

    private static final int LONGEST_REASON = 200;

    public Gift {
        if (amount.isZero()) {
            throw new IllegalArgumentException("a gift is above zero");
        }
        if (reason != null) {
            Text.required("a reason", reason, LONGEST_REASON);
        }
    }

    /** By a rule, not by a person. */
    public static Gift of(String key, Origin origin, Credits amount, @Nullable Instant expiresAt) {
        return new Gift(key, origin, amount, expiresAt, null, null);
    }
}
