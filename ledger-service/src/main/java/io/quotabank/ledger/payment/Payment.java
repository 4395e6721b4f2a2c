package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import java.math.BigInteger;
import java.util.Locale;
import java.util.UUID;

/**
 * Money that a provider took for an order.
 *
 * @param id of the transfer too, where it was booked
 * @param debt where its person's debt is kept
 * @param credits what was booked for it; none unless it is {@link Standing#BOOKED}
 * @param clawedFen how much of the money its credits were taken back for
 * @param clawed the credits taken back
 */
record Payment(
        UUID id,
        PaymentProvider.Name provider,
        String transaction,
        UUID order,
        AccountId account,
        AccountId debt,
        long amountFen,
        String currency,
        Standing standing,
        Credits credits,
        long clawedFen,
        Credits clawed) {

    enum Standing {
        /** The order's terms were booked for it. */
        BOOKED,
        /** The order had been paid by another payment: it goes back. */
        SURPLUS,
        /** Not the order's amount or currency: people look at it. */
        ODD;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The credits that stand for a part of the money, rounded down; all of them for all of it.
     *
     * @param fen 0 to the payment's amount
     */
    Credits share(long fen) {
        return new Credits(BigInteger.valueOf(credits.micro())
                .multiply(BigInteger.valueOf(fen))
                .divide(BigInteger.valueOf(amountFen))
                .longValueExact());
    }
}
