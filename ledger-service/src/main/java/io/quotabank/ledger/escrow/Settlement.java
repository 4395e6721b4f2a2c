package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A part of a hold that was settled, and who got it.
 *
 * @param id the application's, once per hold
 * @param transfer the person's entry
 * @param split by which it was shared out; null where all of it is the platform's
 * @param digest of what was asked for
 */
record Settlement(
        String id,
        UUID transfer,
        Credits amount,
        boolean late,
        @Nullable UUID seller,
        Credits sellerPart,
        Credits platformPart,
        Credits reservePart,
        @Nullable String split,
        @Nullable Integer splitVersion,
        String digest) {}
