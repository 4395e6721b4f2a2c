package io.quotabank.sandboxpay.wechat;

import io.quotabank.sandboxpay.http.Request;
import io.quotabank.sandboxpay.http.Response;
import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Messenger;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.trade.Provider;
import io.quotabank.sandboxpay.trade.Trade;
import io.quotabank.sandboxpay.trade.Trades;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Native orders, their state and their refunds; requests must be signed by the merchant, answers are by the platform. */
public final class WeChatApi implements Messenger {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ORDERS = "/v3/pay/transactions/out-trade-no/";
    private static final String REFUNDS = "/v3/refund/domestic/refunds";
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);

    private final Keys keys;
    private final Trades trades;
    private final Clock clock;
    private final WeChatLetters letters;

    public WeChatApi(Keys keys, Trades trades, Notices notices, Clock clock) {
        this.keys = keys;
        this.trades = trades;
        this.clock = clock;
        this.letters = new WeChatLetters(keys, notices);
    }

    public Response answer(Request request) {
        if (!signedByMerchant(request)) {
            return error(401, "SIGN_ERROR", "签名错误");
        }
        var path = request.path();
        if (path.equals("/v3/pay/transactions/native")) {
            return open(JSON.readTree(request.body()));
        }
        if (path.equals(REFUNDS)) {
            return refund(JSON.readTree(request.body()));
        }
        if (path.startsWith(REFUNDS + "/")) {
            return refund(path.substring(REFUNDS.length() + 1));
        }
        if (!path.startsWith(ORDERS)) {
            return error(404, "NOT_FOUND", "无此接口");
        }
        var rest = path.substring(ORDERS.length()).split("/", -1);
        var trade = trades.find(Provider.WECHAT, rest[0]);
        if (trade.isEmpty()) {
            return error(404, "ORDER_NOT_EXIST", "订单不存在");
        }
        if (rest.length == 2 && rest[1].equals("close")) {
            return trade.get().close() ? signed(204, "") : error(400, "ORDERPAID", "该订单已支付");
        }
        var paid = trade.get().firstPaid().orElse(null);
        return signed(200, transaction(trade.get(), paid, false).toString());
    }

    // WECHATPAY2-SHA256-RSA2048 mchid="..",nonce_str="..",timestamp="..",serial_no="..",signature=".."
    private boolean signedByMerchant(Request request) {
        var scheme = "WECHATPAY2-SHA256-RSA2048 ";
        var header = request.header("authorization");
        if (!header.startsWith(scheme)) {
            return false;
        }
        var parts = new HashMap<String, String>();
        for (var part : header.substring(scheme.length()).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(
                        part.substring(0, equals).strip(),
                        part.substring(equals + 1).replace("\"", ""));
            }
        }
        var message = request.method() + "\n" + request.target() + "\n" + parts.get("timestamp") + "\n"
                + parts.get("nonce_str") + "\n" + request.body() + "\n";
        return Keys.WECHAT_MERCHANT.equals(parts.get("mchid"))
                && Keys.WECHAT_SERIAL.equals(parts.get("serial_no"))
                && Keys.verify(keys.wechatMerchant(), message, parts.getOrDefault("signature", ""));
    }

    private Response open(JsonNode order) {
        if (!Keys.WECHAT_MERCHANT.equals(order.path("mchid").asString(""))
                || !Keys.WECHAT_APP.equals(order.path("appid").asString(""))) {
            return error(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配");
        }
        var number = order.path("out_trade_no").asString("");
        var trade = trades.open(
                Provider.WECHAT,
                number,
                opened -> new Trade(
                        Provider.WECHAT,
                        opened,
                        Keys.chance(9),
                        order.path("amount").path("total").asLong(),
                        order.path("amount").path("currency").asString("CNY"),
                        URI.create(order.path("notify_url").asString("")),
                        clock.instant()));
        return trade.state() == Trade.State.PAID
                ? error(400, "ORDERPAID", "该订单已支付")
                : signed(
                        200,
                        JSON.createObjectNode()
                                .put("code_url", "weixin://wxpay/bizpayurl?pr=" + trade.id())
                                .toString());
    }

    private Response refund(JsonNode wish) {
        var found = trades.byTransaction(
                Provider.WECHAT, wish.path("transaction_id").asString(""));
        if (found.isEmpty()) {
            return error(404, "RESOURCE_NOT_EXISTS", "订单不存在");
        }
        var paid = found.get().paid();
        if (wish.path("amount").path("total").asLong() != paid.amount()) {
            return error(400, "INVALID_REQUEST", "订单金额不一致");
        }
        try {
            return found.get()
                    .trade()
                    .asked(
                            paid,
                            "5030" + trades.number(),
                            wish.path("out_refund_no").asString(""),
                            wish.path("amount").path("refund").asLong())
                    .map(made -> told(found.get().trade(), paid, made))
                    .orElseGet(() -> error(400, "INVALID_REQUEST", "退款金额大于可退金额"));
        } catch (Trade.AwayException away) {
            return error(500, "SYSTEM_ERROR", "系统异常，请稍后重试");
        }
    }

    private Response refund(String key) {
        return trades.byRefund(Provider.WECHAT, key)
                .map(found -> told(
                        found.trade(), found.paid(), found.paid().refund(key).orElseThrow()))
                .orElseGet(() -> error(404, "RESOURCE_NOT_EXISTS", "退款单不存在"));
    }

    private Response told(Trade trade, Trade.Paid paid, Trade.Refund refund) {
        var status = switch (trade.answer()) {
            case SLOW -> "PROCESSING";
            case FAILED -> "CLOSED";
            default -> "SUCCESS";
        };
        return signed(200, refund(trade, paid, refund).put("status", status).toString());
    }

    private static ObjectNode transaction(Trade trade, Trade.@Nullable Paid paid, boolean otherMerchant) {
        var told = JSON.createObjectNode()
                .put("appid", Keys.WECHAT_APP)
                .put("mchid", otherMerchant ? "1900000999" : Keys.WECHAT_MERCHANT)
                .put("out_trade_no", trade.order())
                .put("trade_type", "NATIVE")
                .put(
                        "trade_state",
                        paid == null ? (trade.state() == Trade.State.CLOSED ? "CLOSED" : "NOTPAY") : "SUCCESS");
        if (paid != null) {
            told.put("transaction_id", paid.transaction()).put("success_time", time(paid.at()));
            told.putObject("payer").put("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
        }
        told.putObject("amount")
                .put("total", paid == null ? trade.amount() : paid.amount())
                .put("payer_total", paid == null ? trade.amount() : paid.amount())
                .put("currency", paid == null ? trade.currency() : paid.currency())
                .put("payer_currency", paid == null ? trade.currency() : paid.currency());
        return told;
    }

    private ObjectNode refund(Trade trade, Trade.Paid paid, Trade.Refund refund) {
        var told = JSON.createObjectNode()
                .put("mchid", Keys.WECHAT_MERCHANT)
                .put("out_trade_no", trade.order())
                .put("transaction_id", paid.transaction())
                .put("out_refund_no", refund.key())
                .put("refund_id", refund.id())
                .put("success_time", time(clock.instant()))
                .put("user_received_account", "支付用户零钱");
        told.putObject("amount")
                .put("total", paid.amount())
                .put("refund", refund.amount())
                .put("payer_total", paid.amount())
                .put("payer_refund", refund.amount());
        return told;
    }

    private static String time(Instant at) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                at.truncatedTo(ChronoUnit.SECONDS).atOffset(BEIJING));
    }

    @Override
    public long paid(Trade trade, Trade.Paid paid, boolean otherMerchant) {
        return letters.add(trade, "TRANSACTION.SUCCESS", "transaction", transaction(trade, paid, otherMerchant));
    }

    @Override
    public long refunded(Trade trade, Trade.Paid paid, Trade.Refund refund, boolean succeeded) {
        var content = refund(trade, paid, refund).put("refund_status", succeeded ? "SUCCESS" : "CLOSED");
        return letters.add(trade, succeeded ? "REFUND.SUCCESS" : "REFUND.CLOSED", "refund", content);
    }

    @Override
    public Optional<Long> disputed(Trade trade, Trade.Paid paid, String id, long amount, String status) {
        return Optional.empty();
    }

    private Response signed(int status, String body) {
        var timestamp = Long.toString(clock.instant().getEpochSecond());
        var nonce = Keys.chance(32);
        var signature = Keys.sign(keys.wechatPlatform(), timestamp + "\n" + nonce + "\n" + body + "\n");
        return new Response(
                status,
                Map.of(
                        "Content-Type",
                        "application/json; charset=utf-8",
                        "Request-ID",
                        Keys.chance(32),
                        "Wechatpay-Timestamp",
                        timestamp,
                        "Wechatpay-Nonce",
                        nonce,
                        "Wechatpay-Signature",
                        signature,
                        "Wechatpay-Signature-Type",
                        "WECHATPAY2-SHA256-RSA2048",
                        "Wechatpay-Serial",
                        Keys.WECHAT_KEY_ID),
                body);
    }

    private Response error(int status, String code, String message) {
        return signed(
                status,
                JSON.createObjectNode()
                        .put("code", code)
                        .put("message", message)
                        .toString());
    }
}
