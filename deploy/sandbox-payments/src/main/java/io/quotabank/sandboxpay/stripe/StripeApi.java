package io.quotabank.sandboxpay.stripe;

import io.quotabank.sandboxpay.http.Request;
import io.quotabank.sandboxpay.http.Response;
import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Messenger;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.trade.Provider;
import io.quotabank.sandboxpay.trade.Trade;
import io.quotabank.sandboxpay.trade.Trades;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checkout sessions and refunds over forms and JSON, and events of them. */
public final class StripeApi implements Messenger {

    /** What a session was opened with, beyond a trade's amount. */
    private record Opened(String reference, String order, String returnUrl, long expiresAt) {}

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String INVALID = "invalid_request_error";
    private static final String SESSIONS = "/v1/checkout/sessions";

    private final Keys keys;
    private final Trades trades;
    private final Clock clock;
    private final StripeEvents events;
    private final Map<String, Opened> sessions = new ConcurrentHashMap<>();
    private final Map<String, String> refundMetadata = new ConcurrentHashMap<>();

    public StripeApi(Keys keys, Trades trades, Notices notices, Clock clock) {
        this.keys = keys;
        this.trades = trades;
        this.clock = clock;
        this.events = new StripeEvents(keys, notices, clock);
    }

    public StripeEvents events() {
        return events;
    }

    public Response answer(Request request) {
        if (!request.header("authorization").equals("Bearer " + keys.stripeApiKey())) {
            return error(401, "Invalid API Key provided");
        }
        var path = request.path();
        if (request.method().equals("POST") && path.equals(SESSIONS)) {
            return open(request);
        }
        if (path.equals("/v1/refunds")) {
            return request.method().equals("POST") ? refund(request) : refunds(request);
        }
        if (!path.startsWith(SESSIONS + "/")) {
            return error(404, "Unrecognized request URL");
        }
        var rest = path.substring(SESSIONS.length() + 1).split("/", -1);
        var trade = trades.byId(Provider.STRIPE, rest[0]);
        if (trade.isEmpty()) {
            return error(404, "No such checkout.session: " + rest[0]);
        }
        if (rest.length == 2 && rest[1].equals("expire")) {
            return trade.get().state() == Trade.State.OPEN && trade.get().close()
                    ? Response.json(200, session(trade.get()).toString())
                    : error(400, "Only Checkout Sessions with a status in [\"open\"] can be expired.");
        }
        return Response.json(200, session(trade.get()).toString());
    }

    private Response open(Request request) {
        var form = request.parameters();
        var order = form.getOrDefault("client_reference_id", "");
        long amount = Long.parseLong(form.getOrDefault("line_items[0][price_data][unit_amount]", "0"));
        long expires = Long.parseLong(form.getOrDefault("expires_at", "0"));
        long soonest = clock.instant().getEpochSecond() + 30 * 60 - 60;
        if (order.isEmpty() || amount < 1 || !form.getOrDefault("mode", "").equals("payment")) {
            return error(400, "client_reference_id, mode=payment and a unit_amount are needed here");
        }
        if (trades.find(Provider.STRIPE, order).isEmpty() && expires < soonest) {
            return error(400, "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.");
        }
        var trade = trades.open(
                Provider.STRIPE,
                order,
                number -> new Trade(
                        Provider.STRIPE,
                        number,
                        "cs_test_" + Keys.chance(40),
                        amount,
                        form.getOrDefault("line_items[0][price_data][currency]", "")
                                .toUpperCase(Locale.ROOT),
                        null,
                        clock.instant()));
        sessions.putIfAbsent(
                trade.id(),
                new Opened(
                        order,
                        form.getOrDefault("metadata[quotabank_order]", ""),
                        form.getOrDefault("success_url", ""),
                        expires));
        return Response.json(200, session(trade).toString());
    }

    private Response refund(Request request) {
        var form = request.parameters();
        var found = trades.byTransaction(Provider.STRIPE, form.getOrDefault("payment_intent", ""));
        if (found.isEmpty()) {
            return error(404, "No such payment_intent");
        }
        var paid = found.get().paid();
        long amount = Long.parseLong(form.getOrDefault("amount", Long.toString(paid.amount() - paid.refunded())));
        var key = request.header("idempotency-key");
        var id = "re_" + Keys.chance(24);
        refundMetadata.put(id, form.getOrDefault("metadata[quotabank_refund]", ""));
        try {
            return found.get()
                    .trade()
                    .asked(paid, id, key, amount)
                    .map(made -> Response.json(
                            200,
                            refund(paid, made, refundStatus(found.get().trade()))
                                    .toString()))
                    .orElseGet(() -> tooMuch(paid));
        } catch (Trade.AwayException away) {
            return error(503, "api_error", "Sorry, something is wrong on our side");
        }
    }

    // Of a part that is too large it names the parameter only.
    private static Response tooMuch(Trade.Paid paid) {
        var error = JSON.createObjectNode().put("type", INVALID);
        if (paid.refunded() == paid.amount()) {
            error.put("code", "charge_already_refunded").put("message", "The charge has already been refunded.");
        } else {
            error.put("param", "amount").put("message", "Refund amount is greater than unrefunded amount on charge");
        }
        return error(400, error);
    }

    private Response refunds(Request request) {
        var list = JSON.createObjectNode()
                .put("object", "list")
                .put("url", "/v1/refunds")
                .put("has_more", false);
        var data = list.putArray("data");
        trades.byTransaction(Provider.STRIPE, request.parameters().getOrDefault("payment_intent", ""))
                .ifPresent(found -> found.paid()
                        .refunds()
                        .forEach(made -> data.add(refund(found.paid(), made, refundStatus(found.trade())))));
        return Response.json(200, list.toString());
    }

    private static String refundStatus(Trade trade) {
        return switch (trade.answer()) {
            case SLOW -> "pending";
            case FAILED -> "failed";
            default -> "succeeded";
        };
    }

    private ObjectNode session(Trade trade) {
        var opened = Optional.ofNullable(sessions.get(trade.id()))
                .orElseThrow(() -> new IllegalStateException("a session without its beginning"));
        var paid = trade.firstPaid();
        return session(trade, opened, paid.orElse(null));
    }

    private static ObjectNode session(Trade trade, Opened opened, Trade.@Nullable Paid paid) {
        var session = JSON.createObjectNode()
                .put("id", trade.id())
                .put("object", "checkout.session")
                .put("amount_total", paid == null ? trade.amount() : paid.amount())
                .put("currency", (paid == null ? trade.currency() : paid.currency()).toLowerCase(Locale.ROOT))
                .put("client_reference_id", opened.reference())
                .put("created", trade.openedAt().getEpochSecond())
                .put("expires_at", opened.expiresAt())
                .put("livemode", false)
                .put("mode", "payment")
                .put("payment_status", paid == null ? "unpaid" : "paid")
                .put("status", status(trade, paid != null))
                .put("success_url", opened.returnUrl())
                .put("url", paid == null ? "https://checkout.stripe.example/c/pay/" + trade.id() : null);
        session.put("payment_intent", paid == null ? null : paid.transaction());
        session.putObject("metadata").put("quotabank_order", opened.order());
        return session;
    }

    private static String status(Trade trade, boolean paid) {
        return paid ? "complete" : trade.state() == Trade.State.CLOSED ? "expired" : "open";
    }

    private ObjectNode refund(Trade.Paid paid, Trade.Refund refund, String status) {
        var told = JSON.createObjectNode()
                .put("id", refund.id())
                .put("object", "refund")
                .put("amount", refund.amount())
                .put("currency", paid.currency().toLowerCase(Locale.ROOT))
                .put("payment_intent", paid.transaction())
                .put("created", clock.instant().getEpochSecond())
                .put("status", status);
        var metadata = told.putObject("metadata");
        var key = refundMetadata.getOrDefault(refund.id(), "");
        if (!key.isEmpty()) {
            metadata.put("quotabank_refund", key);
        }
        return told;
    }

    @Override
    public long paid(Trade trade, Trade.Paid paid, boolean otherMerchant) {
        var opened = Optional.ofNullable(sessions.get(trade.id())).orElseThrow();
        var session = session(trade, opened, paid);
        return events.add(trade, "checkout.session.completed", session, otherMerchant);
    }

    @Override
    public long refunded(Trade trade, Trade.Paid paid, Trade.Refund refund, boolean succeeded) {
        return events.add(
                trade,
                succeeded ? "refund.created" : "refund.failed",
                refund(paid, refund, succeeded ? "succeeded" : "failed"),
                false);
    }

    @Override
    public Optional<Long> disputed(Trade trade, Trade.Paid paid, String id, long amount, String status) {
        var dispute = JSON.createObjectNode()
                .put("id", id)
                .put("object", "dispute")
                .put("amount", amount)
                .put("currency", paid.currency().toLowerCase(Locale.ROOT))
                .put("payment_intent", paid.transaction())
                .put("reason", "fraudulent")
                .put("created", clock.instant().getEpochSecond())
                .put("livemode", false)
                .put("status", status.equals("open") ? "needs_response" : status);
        dispute.putObject("metadata");
        return Optional.of(events.add(
                trade, status.equals("open") ? "charge.dispute.created" : "charge.dispute.closed", dispute, false));
    }

    private static Response error(int status, String message) {
        return error(status, INVALID, message);
    }

    private static Response error(int status, String type, String message) {
        return error(status, JSON.createObjectNode().put("type", type).put("message", message));
    }

    private static Response error(int status, ObjectNode error) {
        var told = JSON.createObjectNode();
        told.set("error", error);
        return Response.json(status, told.toString());
    }
}
