package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Given credits that are not used up.
 *
 * @param id its transfer's
 * @param left when the account's spending was last spread over its lots
 * @param expiresAt null for never
 */
record Lot(
        UUID id,
        AccountId account,
        Origin origin,
        Credits left,
        @Nullable Instant expiresAt) {

    /** Its time is over at that very instant. */
    boolean expired(Instant now) {
        return expiresAt != null && !expiresAt.isAfter(now);
    }
}
