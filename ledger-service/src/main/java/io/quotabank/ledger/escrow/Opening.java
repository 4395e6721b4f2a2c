package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.text.Text;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A hold that is to be opened.
 *
 * @param amount above zero
 * @param lives above zero; null for the usual time of its kind
 * @param description for the person whose credits are held, 1 to 500 characters
 * @param reference the application's own name for it, up to 128 characters
 */
record Opening(
        UUID userId,
        Credits amount,
        Escrow.Kind kind,
        @Nullable Duration lives,
        String description,
        @Nullable String reference) {

    private static final int LONGEST_DESCRIPTION = 500;
    private static final int LONGEST_REFERENCE = 128;

    Opening {
        if (amount.isZero() || (lives != null && !lives.isPositive())) {
            throw new IllegalArgumentException("amount and expires_in are above zero");
        }
        Text.required("description", description, LONGEST_DESCRIPTION);
        if (reference != null) {
            Text.required("reference", reference, LONGEST_REFERENCE);
        }
    }

    /** All of it, to tell whether a repeat asks for the same. */
    String told() {
        return String.join("|", "open", userId.toString(), amount.toString(), kind.wire(), lives + "", description)
                + "|" + reference;
    }
}
