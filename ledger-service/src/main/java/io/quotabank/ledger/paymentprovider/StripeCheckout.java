package io.quotabank.ledger.paymentprovider;

import com.stripe.StripeClient;
import com.stripe.exception.EventDataObjectDeserializationException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.exception.StripeException;
import com.stripe.model.Dispute;
import com.stripe.model.StripeObject;
import com.stripe.model.checkout.Session;
import com.stripe.net.RequestOptions;
import com.stripe.net.Webhook;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionCreateParams.LineItem;
import com.stripe.param.checkout.SessionCreateParams.LineItem.PriceData;
import com.stripe.param.checkout.SessionCreateParams.PaymentIntentData;
import io.quotabank.ledger.paymentprovider.PaymentProviderProperties.Stripe;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stripe Checkout. A session is the order; the payment intent that it makes is the transaction, to which refunds and
 * disputes refer. Both carry our order's id, which events of other shops on the same Stripe account don't.
 */
final class StripeCheckout implements PaymentProvider {

    private static final Logger LOG = LoggerFactory.getLogger(StripeCheckout.class);

    private static final String ORDER = "quotabank_order";
    private static final Duration WINDOW = Duration.ofMinutes(5);

    // Stripe refuses a shorter time; we close ourselves when ours is over.
    private static final Duration SHORTEST = Duration.ofMinutes(31);

    private static final Reply ACCEPTED = new Reply(200, "application/json", "{\"received\":true}");
    private static final Reply FAILED = new Reply(503, "application/json", "{\"received\":false}");
    private static final Reply REFUSED = new Reply(400, "application/json", "{\"received\":false}");

    /** A call of the SDK. */
    interface Call<T> {
        T make() throws StripeException;
    }

    private final StripeClient client;
    private final StripeRefunds refunds;
    private final String webhookSecret;
    private final boolean live;
    private final String returnUrl;
    private final Clock clock;

    StripeCheckout(Stripe settings, URI returnUrl, Clock clock) {
        var key = settings.apiKey();
        this.client = StripeClient.builder()
                .setApiKey(key)
                .setApiBase(settings.apiBase().toString())
                .setConnectTimeout(5_000)
                .setReadTimeout(15_000)
                .setMaxNetworkRetries(1)
                .build();
        this.refunds = new StripeRefunds(client);
        this.webhookSecret = settings.webhookSecret();
        this.live = key.contains("_live_");
        this.returnUrl = returnUrl.toString();
        this.clock = clock;
    }

    @Override
    public Name name() {
        return Name.STRIPE;
    }

    @Override
    public Opened open(Order order) {
        var session = call(() -> create(order));
        return new Opened(session.getUrl(), null, session.getId());
    }

    @Override
    public Standing look(Order order) {
        return standing(call(() -> session(order)));
    }

    @Override
    public Standing close(Order order) {
        return call(() -> {
            var session = sessionIfAny(order);
            return session.isEmpty() ? new Standing.Closed() : standing(expire(session.get()));
        });
    }

    /** The order's session; empty where it was never opened, and can't be any more. */
    private Optional<Session> sessionIfAny(Order order) throws StripeException {
        try {
            return Optional.of(session(order));
        } catch (InvalidRequestException refused) {
            if (order.reference() != null) {
                throw refused;
            }
            // Stripe gives the session of this key where there is one. It makes none that ends before half an hour.
            LOG.warn("order {} was never opened: {}", order.id(), refused.getMessage());
            return Optional.empty();
        }
    }

    /** As it is then: it may have been paid meanwhile. */
    private Session expire(Session session) throws StripeException {
        if (!"open".equals(session.getStatus())) {
            return session;
        }
        try {
            return client.v1().checkout().sessions().expire(session.getId());
        } catch (InvalidRequestException paidMeanwhile) {
            return client.v1().checkout().sessions().retrieve(session.getId());
        }
    }

    @Override
    public Refunding refund(Refund refund) {
        return refunds.ask(refund);
    }

    @Override
    public Event.Refunded look(Refund refund) {
        return refunds.look(refund);
    }

    @Override
    public Reading read(Callback callback) {
        var header = callback.headers().get("stripe-signature");
        if (header == null) {
            return new Reading.Refused("no signature");
        }
        try {
            var event = Webhook.constructEvent(callback.body(), header, webhookSecret, WINDOW.toSeconds(), clock);
            if (fromTheFuture(header)) {
                return new Reading.Refused("signed in the future");
            }
            if (!Boolean.valueOf(live).equals(event.getLivemode())) {
                return new Reading.Refused("of the other mode, live or test");
            }
            return new Reading.Genuine(
                    event(event.getType(), event.getDataObjectDeserializer().deserializeUnsafe()).stream()
                            .toList());
        } catch (SignatureVerificationException forged) {
            return new Reading.Refused(String.valueOf(forged.getMessage()));
        } catch (EventDataObjectDeserializationException | RuntimeException malformed) {
            return new Reading.Refused("malformed: " + malformed.getClass().getSimpleName());
        }
    }

    @Override
    public Reply accepted() {
        return ACCEPTED;
    }

    @Override
    public Reply failed() {
        return FAILED;
    }

    @Override
    public Reply refused() {
        return REFUSED;
    }

    // The SDK refuses old signatures only.
    private boolean fromTheFuture(String header) {
        return Stream.of(header.split(",", -1))
                .map(String::strip)
                .filter(part -> part.startsWith("t="))
                .map(part -> Instant.ofEpochSecond(Long.parseLong(part.substring(2))))
                .anyMatch(signed -> signed.isAfter(clock.instant().plus(WINDOW)));
    }

    private static Optional<Event> event(String type, StripeObject subject) {
        return switch (subject) {
            case Session session
            when type.equals("checkout.session.completed") || type.equals("checkout.session.async_payment_succeeded") ->
                paid(session).map(paid -> paid);
            case com.stripe.model.Refund refund -> StripeRefunds.read(refund);
            case Dispute dispute -> disputed(dispute);
            default -> Optional.empty();
        };
    }

    // Early warnings and prevented disputes move no money.
    private static Optional<Event> disputed(Dispute dispute) {
        var state = switch (String.valueOf(dispute.getStatus())) {
            case "lost" -> DisputeState.LOST;
            case "won" -> DisputeState.WON;
            case "needs_response", "under_review" -> DisputeState.OPEN;
            default -> null;
        };
        return state == null || dispute.getPaymentIntent() == null
                ? Optional.empty()
                : Optional.of(
                        new Event.Disputed(dispute.getPaymentIntent(), dispute.getId(), dispute.getAmount(), state));
    }

    private static Optional<Event.Paid> paid(Session session) {
        var order = session.getMetadata() == null ? null : session.getMetadata().get(ORDER);
        if (order == null || !"paid".equals(session.getPaymentStatus()) || session.getPaymentIntent() == null) {
            return Optional.empty();
        }
        return Optional.of(new Event.Paid(
                UUID.fromString(order),
                session.getPaymentIntent(),
                session.getAmountTotal(),
                session.getCurrency().toUpperCase(Locale.ROOT)));
    }

    private static Standing standing(Session session) {
        return paid(session)
                .<Standing>map(Standing.Paid::new)
                .orElseGet(() -> "expired".equals(session.getStatus()) ? new Standing.Closed() : new Standing.Unpaid());
    }

    /** The order's session; opened (again) where its answer was lost. */
    private Session session(Order order) throws StripeException {
        var reference = order.reference();
        return reference == null
                ? create(order)
                : client.v1().checkout().sessions().retrieve(reference);
    }

    private Session create(Order order) throws StripeException {
        var shortest = order.openedAt().plus(SHORTEST);
        var expires = order.closesAt().isAfter(shortest) ? order.closesAt() : shortest;
        var id = order.id().toString();
        var price = PriceData.builder()
                .setCurrency(CURRENCY.toLowerCase(Locale.ROOT))
                .setUnitAmount(order.amountFen())
                .setProductData(
                        PriceData.ProductData.builder().setName(order.title()).build())
                .build();
        var session = SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.PAYMENT)
                .setClientReferenceId(id)
                .putMetadata(ORDER, id)
                .setPaymentIntentData(
                        PaymentIntentData.builder().putMetadata(ORDER, id).build())
                .addLineItem(
                        LineItem.builder().setQuantity(1L).setPriceData(price).build())
                .setExpiresAt(expires.getEpochSecond())
                .setSuccessUrl(returnUrl)
                .setCancelUrl(returnUrl)
                .build();
        var options = RequestOptions.builder().setIdempotencyKey("order-" + id).build();
        return client.v1().checkout().sessions().create(session, options);
    }

    static <T> T call(Call<T> call) {
        try {
            return call.make();
        } catch (StripeException refused) {
            throw away(refused);
        }
    }

    static AwayException away(StripeException refused) {
        return new AwayException("Stripe: " + refused.getMessage(), refused);
    }
}
