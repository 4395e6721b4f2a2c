package io.quotabank.ledger.grant;

import java.util.Locale;

/** Why credits were given. The names are stable: callers and the database know them. */
public enum Origin {
    /** A person's first sight. */
    SIGNUP(10),
    /** A verified phone. */
    PHONE(10),
    /** An invited person's first recharge, for both sides. */
    INVITATION(10),
    /** A redeemed code. */
    CODE(10),
    /** What a person's tier adds to a recharge. */
    TIER_BONUS(20),
    /** An administrator's gift. */
    GIFT(10);

    private final int priority;

    Origin(int priority) {
        this.priority = priority;
    }

    /** Lower is spent first. */
    int priority() {
        return priority;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Origin of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
