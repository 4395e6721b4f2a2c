package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order of a package, on the terms that were offered when it was opened.
 *
 * @param key the buyer's own order id or idempotency key
 * @param terms digest of what was asked for under the key
 * @param credits what it brings: the package's bonus and what the buyer's tier added at opening included
 * @param reference the provider's own name of it
 */
public record PaymentOrder(
        UUID id,
        AccountId account,
        UUID person,
        PaymentProvider.Name provider,
        UUID packageId,
        long amountFen,
        Credits credits,
        @Nullable String key,
        String terms,
        State state,
        @Nullable String payUrl,
        @Nullable String codeUrl,
        @Nullable String reference,
        Instant openedAt,
        Instant closesAt) {

    /** Once paid it stays paid, whatever becomes of the money; a closed one can still turn out to be paid. */
    public enum State {
        /** Written here; whether its provider knows it is not known. */
        OPENING,
        /** The buyer knows where to pay. */
        PENDING,
        PAID,
        CLOSED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    PaymentProvider.Order forProvider() {
        return new PaymentProvider.Order(
                id, amountFen, "Quotabank " + credits + " credits", openedAt, closesAt, reference);
    }
}
