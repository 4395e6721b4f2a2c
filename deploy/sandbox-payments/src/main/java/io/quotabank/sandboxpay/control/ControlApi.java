package io.quotabank.sandboxpay.control;

import io.quotabank.sandboxpay.http.Request;
import io.quotabank.sandboxpay.http.Response;
import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Letter.Forgery;
import io.quotabank.sandboxpay.notice.Messenger;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.stripe.StripeApi;
import io.quotabank.sandboxpay.trade.Provider;
import io.quotabank.sandboxpay.trade.Trade;
import io.quotabank.sandboxpay.trade.Trade.Paid;
import io.quotabank.sandboxpay.trade.Trades;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What payers, banks and the network do, on command. */
public final class ControlApi implements Function<Request, Response> {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_TIMES = 1_000;

    private final Trades trades;
    private final Notices notices;
    private final Map<Provider, Messenger> messengers;
    private final StripeApi stripe;
    private final Clock clock;

    public ControlApi(
            Trades trades, Notices notices, Map<Provider, Messenger> messengers, StripeApi stripe, Clock clock) {
        this.trades = trades;
        this.notices = notices;
        this.messengers = messengers;
        this.stripe = stripe;
        this.clock = clock;
    }

    @Override
    public Response apply(Request request) {
        var parts = request.path().split("/", -1);
        var body = request.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(request.body());
        var name = parts.length > 2 ? parts[2] : "";
        return switch (name) {
            case "health" -> Response.json(200, "{\"status\":\"UP\"}");
            case "stripe-endpoint" -> {
                stripe.events().endpoint(URI.create(body.path("url").asString("")));
                yield Response.json(200, "{}");
            }
            case "trades" -> trade(parts, body);
            case "notices" -> parts.length == 3 ? listed(request.parameters().get("order")) : delivered(parts[3], body);
            default -> Response.text(404, "nothing here");
        };
    }

    private Response trade(String[] parts, JsonNode body) {
        var trade = trades.find(parts[3]).orElseThrow(() -> new IllegalArgumentException("no trade " + parts[3]));
        if (parts.length == 4) {
            return Response.json(200, told(trade).toString());
        }
        return switch (parts[4]) {
            case "pay" -> pay(trade, body);
            case "refund" -> refund(trade, body);
            case "dispute" -> dispute(trade, body);
            case "refunds" -> answered(trade, body);
            case "close" -> Response.json(200, "{\"closed\":" + trade.close() + "}");
            default -> Response.text(404, "nothing here");
        };
    }

    private Response pay(Trade trade, JsonNode body) {
        var transaction = trade.provider() == Provider.STRIPE ? "pi_" + Keys.chance(24) : "42" + trades.number();
        var paid = trade.pay(
                transaction,
                body.path("amount").asLong(trade.amount()),
                body.path("currency").asString(trade.currency()),
                clock.instant());
        var notice =
                messenger(trade).paid(trade, paid, body.path("otherMerchant").asBoolean(false));
        return done(paid, List.of(notice), body);
    }

    private Response refund(Trade trade, JsonNode body) {
        var paid = paid(trade, body);
        var key = trade.provider() + "-desk-" + trades.number();
        var refund = trade.refund(
                        paid, "re_" + trades.number(), key, body.path("amount").asLong(paid.amount() - paid.refunded()))
                .orElseThrow(() -> new IllegalArgumentException("more than is left"));
        var notice = messenger(trade)
                .refunded(trade, paid, refund, !body.path("failed").asBoolean(false));
        return done(paid, List.of(notice), body);
    }

    private static Response answered(Trade trade, JsonNode body) {
        trade.answer(Trade.Answer.valueOf(body.path("answer").asString("").toUpperCase(Locale.ROOT)));
        return Response.json(200, "{}");
    }

    private Response dispute(Trade trade, JsonNode body) {
        var paid = paid(trade, body);
        var id = body.path("id").asString("dp_" + paid.transaction());
        var status = body.path("status").asString("open").toLowerCase(Locale.ROOT);
        var notice =
                messenger(trade).disputed(trade, paid, id, body.path("amount").asLong(paid.amount()), status);
        return notice.isEmpty()
                ? Response.text(400, trade.provider() + " knows no disputes")
                : done(paid, List.of(notice.get()), body);
    }

    private static Paid paid(Trade trade, JsonNode body) {
        var transaction = body.path("transaction").asString("");
        return trade.payments().stream()
                .filter(paid -> transaction.isEmpty() || paid.transaction().equals(transaction))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing was paid"));
    }

    private Messenger messenger(Trade trade) {
        var messenger = messengers.get(trade.provider());
        if (messenger == null) {
            throw new IllegalStateException("nobody tells of " + trade.provider());
        }
        return messenger;
    }

    private Response done(Paid paid, List<Long> put, JsonNode body) {
        var done = JSON.createObjectNode().put("transaction", paid.transaction());
        var ids = done.putArray("notices");
        var deliveries = done.putArray("deliveries");
        for (long id : put) {
            ids.add(id);
            if (body.path("deliver").asBoolean(true)) {
                notices.deliver(id, 1, false, Forgery.NONE, false)
                        .forEach(delivery -> deliveries
                                .addObject()
                                .put("status", delivery.status())
                                .put("body", delivery.body()));
            }
        }
        return Response.json(200, done.toString());
    }

    private Response listed(@Nullable String order) {
        var list = JSON.createArrayNode();
        notices.of(order)
                .forEach(notice -> list.addObject()
                        .put("id", notice.id())
                        .put("order", notice.order())
                        .put("type", notice.type()));
        return Response.json(200, list.toString());
    }

    private Response delivered(String id, JsonNode body) {
        int times = body.path("times").asInt(1);
        if (times < 1 || times > MOST_TIMES) {
            throw new IllegalArgumentException("times is 1 to " + MOST_TIMES);
        }
        var deliveries = JSON.createArrayNode();
        notices.deliver(
                        Long.parseLong(id),
                        times,
                        body.path("atOnce").asBoolean(false),
                        Forgery.valueOf(body.path("forge").asString("none").toUpperCase(Locale.ROOT)),
                        body.path("replay").asBoolean(false))
                .forEach(delivery ->
                        deliveries.addObject().put("status", delivery.status()).put("body", delivery.body()));
        return Response.json(200, deliveries.toString());
    }

    private static ObjectNode told(Trade trade) {
        var told = JSON.createObjectNode()
                .put("provider", trade.provider().name().toLowerCase(Locale.ROOT))
                .put("order", trade.order())
                .put("id", trade.id())
                .put("amount", trade.amount())
                .put("currency", trade.currency())
                .put("state", trade.state().name().toLowerCase(Locale.ROOT));
        var payments = told.putArray("payments");
        trade.payments()
                .forEach(paid -> payments.addObject()
                        .put("transaction", paid.transaction())
                        .put("amount", paid.amount())
                        .put("currency", paid.currency())
                        .put("refunded", paid.refunded()));
        return told;
    }
}
