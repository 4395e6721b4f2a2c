package io.quotabank.ledger.paymentprovider;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Refund;
import com.stripe.net.RequestOptions;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import io.quotabank.ledger.paymentprovider.PaymentProvider.AwayException;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Refunding;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refunds at Stripe. They carry our key, by which they are found when Stripe has forgotten the request that made them. */
final class StripeRefunds {

    private static final String KEY = "quotabank_refund";
    private static final int BAD_REQUEST = 400;
    private static final long PAGE = 100;

    // Of Stripe's list of codes those that are about this refund and stay. Others pass, as a balance that is too low,
    // or are about our settings.
    private static final Set<String> FINAL =
            Set.of("charge_already_refunded", "charge_disputed", "refund_disputed_payment", "amount_too_large");

    private final StripeClient client;

    StripeRefunds(StripeClient client) {
        this.client = client;
    }

    /** Looks first: Stripe forgets idempotency keys after a day, and an answer may be lost for longer. */
    Refunding ask(PaymentProvider.Refund refund) {
        return StripeCheckout.call(() -> made(refund))
                .map(earlier -> told(refund, earlier))
                .orElseGet(() -> make(refund));
    }

    Event.Refunded look(PaymentProvider.Refund refund) {
        return StripeCheckout.call(() -> made(refund))
                .map(made -> event(refund, made))
                .orElseThrow(() -> AwayException.unknown(refund));
    }

    private Refunding make(PaymentProvider.Refund refund) {
        try {
            return told(refund, create(refund));
        } catch (InvalidRequestException refused) {
            if (!isFinal(refused)) {
                throw StripeCheckout.away(refused);
            }
            return new Refunding.Refused(String.valueOf(refused.getMessage()));
        } catch (StripeException away) {
            throw StripeCheckout.away(away);
        }
    }

    private Refund create(PaymentProvider.Refund refund) throws StripeException {
        var wish = RefundCreateParams.builder()
                .setPaymentIntent(refund.transaction())
                .setAmount(refund.amountFen())
                .putMetadata(KEY, refund.key())
                .build();
        var options = RequestOptions.builder()
                .setIdempotencyKey("refund-" + refund.key())
                .build();
        return client.v1().refunds().create(wish, options);
    }

    // An amount above what is left has no code: the parameter is named instead.
    private static boolean isFinal(InvalidRequestException refused) {
        var code = refused.getCode();
        return Integer.valueOf(BAD_REQUEST).equals(refused.getStatusCode())
                && (code == null ? "amount".equals(refused.getParam()) : FINAL.contains(code));
    }

    private Optional<Refund> made(PaymentProvider.Refund refund) throws StripeException {
        var wish = RefundListParams.builder()
                .setPaymentIntent(refund.transaction())
                .setLimit(PAGE)
                .build();
        for (var made : client.v1().refunds().list(wish).autoPagingIterable()) {
            if (refund.key().equals(key(made))) {
                return Optional.of(made);
            }
        }
        return Optional.empty();
    }

    private static Refunding told(PaymentProvider.Refund refund, Refund made) {
        return new Refunding.Told(List.of(event(refund, made)));
    }

    private static Event.Refunded event(PaymentProvider.Refund refund, Refund made) {
        return Event.Refunded.of(refund, state(made.getStatus()));
    }

    /** What a notification says; nothing where the refund is of no payment intent, so none of ours. */
    static Optional<Event> read(Refund refund) {
        if (refund.getPaymentIntent() == null) {
            return Optional.empty();
        }
        var ours = key(refund);
        return Optional.of(new Event.Refunded(
                refund.getPaymentIntent(),
                ours == null ? refund.getId() : ours,
                refund.getAmount(),
                false,
                state(refund.getStatus())));
    }

    private static @Nullable String key(Refund refund) {
        return refund.getMetadata() == null ? null : refund.getMetadata().get(KEY);
    }

    private static RefundState state(@Nullable String status) {
        return switch (String.valueOf(status)) {
            case "succeeded" -> RefundState.SUCCEEDED;
            case "failed", "canceled" -> RefundState.FAILED;
            default -> RefundState.REQUESTED;
        };
    }
}
