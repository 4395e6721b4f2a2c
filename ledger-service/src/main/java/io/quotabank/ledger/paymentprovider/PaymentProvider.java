package io.quotabank.ledger.paymentprovider;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes people's money, in yuan. Every call to it may be repeated: it knows orders and refunds by our own names. Calls
 * wait for the network: make them outside of transactions. A provider that can't be reached, or answers what can't be
 * believed, throws {@link AwayException}.
 */
public sealed interface PaymentProvider permits StripeCheckout, WeChatNative, AlipayPage {

    /** The currency of all orders. */
    String CURRENCY = "CNY";

    /** Its wire name is the last part of its callback's path. */
    enum Name {
        WECHAT,
        ALIPAY,
        STRIPE;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Name of(String wire) {
            return valueOf(wire.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * An order as its provider has to know it.
     *
     * @param amountFen hundredths of a yuan, above zero
     * @param title what the payer reads
     * @param reference the provider's own name of it; null until it has told one
     */
    record Order(
            UUID id,
            long amountFen,
            String title,
            Instant openedAt,
            Instant closesAt,
            @Nullable String reference) {}

    /** Where to pay: a page, or the text of a QR code. */
    record Opened(
            @Nullable String payUrl,
            @Nullable String codeUrl,
            @Nullable String reference) {}

    /** How an order stands with its provider. */
    sealed interface Standing {
        record Unpaid() implements Standing {}

        /** It can't be paid any more. */
        record Closed() implements Standing {}

        record Paid(Event.Paid payment) implements Standing {}
    }

    /**
     * Money to be sent back.
     *
     * @param key our name of this refund
     * @param orderFen all that the order cost
     */
    record Refund(UUID order, String transaction, String key, long orderFen, long amountFen, String reason) {}

    enum RefundState {
        REQUESTED,
        SUCCEEDED,
        FAILED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static RefundState of(String wire) {
            return valueOf(wire.toUpperCase(Locale.ROOT));
        }
    }

    enum DisputeState {
        OPEN,
        LOST,
        WON;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static DisputeState of(String wire) {
            return valueOf(wire.toUpperCase(Locale.ROOT));
        }
    }

    /** What a provider says happened to money. */
    sealed interface Event {

        /** The provider's name of the payment. */
        String transaction();

        /** An order was paid. The amount and currency are what the provider says, not what we asked for. */
        record Paid(UUID order, String transaction, long amountFen, String currency) implements Event {}

        /**
         * @param key our name of the refund where we asked for it, else the provider's
         * @param cumulative the amount is all that went back of this payment so far
         */
        record Refunded(String transaction, String key, long amountFen, boolean cumulative, RefundState state)
                implements Event {

            /** Of a refund that we asked for. */
            static Refunded of(Refund refund, RefundState state) {
                return new Refunded(refund.transaction(), refund.key(), refund.amountFen(), false, state);
            }
        }

        record Disputed(String transaction, String key, long amountFen, DisputeState state) implements Event {}
    }

    /**
     * A notification as it came.
     *
     * @param headers by names in lower case
     * @param body its bytes as UTF-8, which all providers write; of others a signature does not verify
     */
    record Callback(Map<String, String> headers, String body) {}

    /** What a notification turned out to be. */
    sealed interface Reading {

        /** The provider's own, of now, for our merchant. It may say nothing that concerns us. */
        record Genuine(List<Event> events) implements Reading {}

        /** @param why for the log */
        record Refused(String why) implements Reading {}
    }

    /** What comes of asking for a refund. */
    sealed interface Refunding {

        /** @param events of this refund, and of all together where the answer says so */
        record Told(List<Event.Refunded> events) implements Refunding {}

        /**
         * It can't be made, now or later, and the provider knows none of its key.
         *
         * @param why for the log
         */
        record Refused(String why) implements Refunding {}
    }

    /** It can't be reached or used now. What was asked of it may or may not have been done. */
    final class AwayException extends RuntimeException {
        AwayException(String message, Throwable cause) {
            super(message, cause);
        }

        /** Of a refund that a provider told of before. */
        static AwayException unknown(Refund refund) {
            var said = "refund " + refund.key() + " is not known any more";
            return new AwayException(said, new IllegalStateException(said));
        }
    }

    /** How a notification is answered, exactly as its sender wants it. */
    record Reply(int status, String contentType, String body) {}

    Name name();

    /** Opens an order; the same one again where it was opened before. */
    Opened open(Order order);

    Standing look(Order order);

    /** Closes an order unless it is paid. */
    Standing close(Order order);

    /**
     * Asks for a refund; the same key asks for it once. Refused is only what the provider's documentation says of this
     * refund and for good, after it was looked up by its key: an earlier asking may have been heard.
     *
     * @throws AwayException for every other refusal as well
     */
    Refunding refund(Refund refund);

    /**
     * How a refund stands of which the provider has told before. Nothing is asked for again: it may have come to nothing
     * meanwhile, and would begin anew.
     *
     * @throws AwayException also where the provider knows none of this key now
     */
    Event.Refunded look(Refund refund);

    Reading read(Callback callback);

    /** It is booked, or was before: don't send it again. */
    Reply accepted();

    /** It could not be worked on: send it again. */
    Reply failed();

    /** It is not the provider's own. */
    Reply refused();
}
