package io.quotabank.contracts.payment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.money.Credits;
import java.util.Locale;
import java.util.UUID;

/**
 * A value of {@code ledger.payments.v1}, keyed by user id. It may arrive twice: deduplicate by {@code eventId}.
 *
 * @param eventId a UUIDv7
 * @param provider {@code wechat}, {@code alipay} or {@code stripe}
 * @param amountFen of the payment, in hundredths of its currency
 * @param currency as ISO 4217 has it
 * @param credits micro-credits that moved
 * @param owed micro-credits of them that became a debt
 * @param occurredAtMs milliseconds since 1970-01-01T00:00Z
 */
public record PaymentRecord(
        UUID eventId,
        UUID paymentId,
        UUID orderId,
        UUID userId,
        Kind kind,
        String provider,
        long amountFen,
        String currency,
        Credits credits,
        Credits owed,
        long occurredAtMs) {

    public static final String TOPIC = "ledger.payments.v1";
    public static final String TYPE = "io.quotabank.ledger.payment.v1";

    /** What happened. */
    public enum Kind {
        /** An order was paid, and its credits are booked. */
        BOOKED,
        /** An order was paid again: this payment goes back, and moved no credits. */
        SURPLUS,
        /** It was of another amount or currency than its order, and moved no credits. */
        ODD,
        /** Credits were taken back, for a refund or a dispute. */
        TAKEN,
        /** Credits were given back, as the refund or dispute came to nothing. */
        RESTORED;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
