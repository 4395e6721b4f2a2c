package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * More credits or more time for a hold.
 *
 * @param more zero leaves the amount as it is
 * @param lives from now, above zero; null leaves the time as it is
 */
record Extension(Credits more, @Nullable Duration lives) {

    Extension {
        if (more.isZero() && lives == null) {
            throw new IllegalArgumentException("an extension has an amount or expires_in");
        }
        if (lives != null && !lives.isPositive()) {
            throw new IllegalArgumentException("expires_in is above zero");
        }
    }

    /** All of it, to tell whether a repeat asks for the same. */
    String told(UUID hold) {
        return String.join("|", "extend", hold.toString(), more.toString(), lives + "");
    }
}
