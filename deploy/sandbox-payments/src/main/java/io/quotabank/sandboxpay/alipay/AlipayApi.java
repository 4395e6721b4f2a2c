package io.quotabank.sandboxpay.alipay;

import io.quotabank.sandboxpay.http.Request;
import io.quotabank.sandboxpay.http.Response;
import io.quotabank.sandboxpay.key.Keys;
import io.quotabank.sandboxpay.notice.Letter.Envelope;
import io.quotabank.sandboxpay.notice.Letter.Forgery;
import io.quotabank.sandboxpay.notice.Messenger;
import io.quotabank.sandboxpay.notice.Notices;
import io.quotabank.sandboxpay.trade.Provider;
import io.quotabank.sandboxpay.trade.Trade;
import io.quotabank.sandboxpay.trade.Trades;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One gateway for all methods: forms signed by the merchant's application in, signed JSON out. */
public final class AlipayApi implements Messenger {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
    private static final Duration LONG_AGO = Duration.ofDays(2);
    private static final int FEN_DIGITS = 2;

    private final Keys keys;
    private final Trades trades;
    private final Notices notices;
    private final Clock clock;

    public AlipayApi(Keys keys, Trades trades, Notices notices, Clock clock) {
        this.keys = keys;
        this.trades = trades;
        this.notices = notices;
        this.clock = clock;
    }

    public Response answer(Request request) {
        var parameters = request.parameters();
        var method = parameters.getOrDefault("method", "");
        if (!Keys.verify(keys.alipayApp(), text(parameters, "sign"), parameters.getOrDefault("sign", ""))
                || !Keys.ALIPAY_APP.equals(parameters.get("app_id"))) {
            return signed(method, refusal("isv.invalid-signature", "无效签名"));
        }
        var content = JSON.readTree(parameters.getOrDefault("biz_content", "{}"));
        return switch (method) {
            case "alipay.trade.page.pay" -> page(content, parameters.getOrDefault("notify_url", ""));
            case "alipay.trade.query" -> signed(method, query(content));
            case "alipay.trade.close" -> signed(method, close(content));
            case "alipay.trade.refund" -> signed(method, refund(content));
            case "alipay.trade.fastpay.refund.query" -> signed(method, refunded(content));
            default -> signed(method, refusal("isv.invalid-method", "不存在的方法名"));
        };
    }

    /** The payer's browser comes here: only then the order exists. */
    private Response page(JsonNode content, String notifyUrl) {
        var trade = trades.open(
                Provider.ALIPAY,
                content.path("out_trade_no").asString(""),
                order -> new Trade(
                        Provider.ALIPAY,
                        order,
                        "20" + trades.number(),
                        fen(content.path("total_amount").asString("")),
                        "CNY",
                        URI.create(notifyUrl),
                        clock.instant()));
        return Response.html("<!doctype html><title>Alipay</title><p>" + yuan(trade.amount()) + " CNY, order "
                + trade.order() + "</p>");
    }

    private ObjectNode query(JsonNode content) {
        var trade = trade(content);
        if (trade.isEmpty()) {
            return refusal("ACQ.TRADE_NOT_EXIST", "交易不存在");
        }
        var paid = trade.get().firstPaid();
        return success()
                .put("out_trade_no", trade.get().order())
                .put(
                        "trade_no",
                        paid.map(Trade.Paid::transaction).orElse(trade.get().id()))
                .put(
                        "total_amount",
                        yuan(paid.map(Trade.Paid::amount).orElse(trade.get().amount())))
                .put(
                        "trade_status",
                        switch (trade.get().state()) {
                            case OPEN -> "WAIT_BUYER_PAY";
                            case PAID -> "TRADE_SUCCESS";
                            case CLOSED -> "TRADE_CLOSED";
                        });
    }

    private ObjectNode close(JsonNode content) {
        var trade = trade(content);
        if (trade.isEmpty()) {
            return refusal("ACQ.TRADE_NOT_EXIST", "交易不存在");
        }
        return trade.get().close()
                ? success().put("out_trade_no", trade.get().order())
                : refusal("ACQ.REASON_TRADE_STATUS_INVALID", "交易状态不合法");
    }

    private ObjectNode refund(JsonNode content) {
        var found =
                trades.byTransaction(Provider.ALIPAY, content.path("trade_no").asString(""));
        if (found.isEmpty()) {
            return refusal("ACQ.TRADE_NOT_EXIST", "交易不存在");
        }
        var paid = found.get().paid();
        try {
            return found.get()
                    .trade()
                    .asked(
                            paid,
                            trades.number(),
                            content.path("out_request_no").asString(""),
                            fen(content.path("refund_amount").asString("")))
                    .map(made -> success()
                            .put("out_trade_no", found.get().trade().order())
                            .put("trade_no", paid.transaction())
                            .put("fund_change", "Y")
                            .put("refund_fee", yuan(paid.refunded())))
                    .orElseGet(() -> refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限"));
        } catch (Trade.AwayException away) {
            return refusal("ACQ.SYSTEM_ERROR", "系统错误");
        }
    }

    /** A refund that is not known is told by leaving its fields out. */
    private ObjectNode refunded(JsonNode content) {
        var key = content.path("out_request_no").asString("");
        var found =
                trades.byTransaction(Provider.ALIPAY, content.path("trade_no").asString(""));
        if (found.isEmpty()) {
            return refusal("ACQ.TRADE_NOT_EXIST", "交易不存在");
        }
        var paid = found.get().paid();
        var told = success().put("trade_no", paid.transaction());
        return paid.refund(key)
                .map(made -> told.put("out_request_no", key)
                        .put("refund_amount", yuan(made.amount()))
                        .put("refund_status", "REFUND_SUCCESS"))
                .orElse(told);
    }

    private Optional<Trade> trade(JsonNode content) {
        return trades.find(Provider.ALIPAY, content.path("out_trade_no").asString(""));
    }

    @Override
    public long paid(Trade trade, Trade.Paid paid, boolean otherMerchant) {
        return add(trade, "trade_status_sync", told(trade, paid, otherMerchant));
    }

    @Override
    public long refunded(Trade trade, Trade.Paid paid, Trade.Refund refund, boolean succeeded) {
        var told = told(trade, paid, false);
        told.put("refund_fee", yuan(paid.refunded()));
        told.put("gmt_refund", time(clock.instant()));
        told.put("out_biz_no", refund.key());
        if (paid.refunded() == paid.amount()) {
            told.put("trade_status", "TRADE_CLOSED");
        }
        return add(trade, "trade_status_sync", told);
    }

    @Override
    public Optional<Long> disputed(Trade trade, Trade.Paid paid, String id, long amount, String status) {
        return Optional.empty();
    }

    private Map<String, String> told(Trade trade, Trade.Paid paid, boolean otherMerchant) {
        var told = new TreeMap<String, String>();
        told.put("app_id", Keys.ALIPAY_APP);
        told.put("seller_id", otherMerchant ? "2088000000000999" : Keys.ALIPAY_SELLER);
        told.put("auth_app_id", Keys.ALIPAY_APP);
        told.put("notify_type", "trade_status_sync");
        told.put("notify_id", Keys.chance(34));
        told.put("version", "1.0");
        told.put("charset", "utf-8");
        told.put("subject", "积分 & credits");
        told.put("out_trade_no", trade.order());
        told.put("trade_no", paid.transaction());
        told.put("trade_status", "TRADE_SUCCESS");
        told.put("total_amount", yuan(paid.amount()));
        told.put("receipt_amount", yuan(paid.amount()));
        told.put("gmt_payment", time(paid.at()));
        return told;
    }

    private long add(Trade trade, String type, Map<String, String> told) {
        var to = Optional.ofNullable(trade.notifyUrl()).orElseThrow();
        return notices.add(trade.order(), type, (forgery, now) -> write(to, told, forgery, now));
    }

    private Envelope write(URI to, Map<String, String> told, Forgery forgery, Instant now) {
        var parameters = new TreeMap<>(told);
        parameters.put("notify_time", time(forgery == Forgery.OLD ? now.minus(LONG_AGO) : now));
        var key = forgery == Forgery.SIGNATURE ? keys.stranger() : keys.alipayPlatform();
        var sign = Keys.sign(key, text(parameters, "sign", "sign_type"));
        parameters.put("sign", sign);
        parameters.put("sign_type", "RSA2");
        if (forgery == Forgery.BODY) {
            parameters.put("subject", "changed");
        }
        var body = parameters.entrySet().stream()
                .map(pair -> encode(pair.getKey()) + "=" + encode(pair.getValue()))
                .collect(Collectors.joining("&"));
        return new Envelope(to, Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), body);
    }

    /** What is signed: all but the signature, by name. */
    private static String text(Map<String, String> parameters, String... without) {
        var names = Set.of(without);
        return new TreeMap<>(parameters)
                .entrySet().stream()
                        .filter(pair -> !names.contains(pair.getKey())
                                && !pair.getValue().isEmpty())
                        .map(pair -> pair.getKey() + "=" + pair.getValue())
                        .collect(Collectors.joining("&"));
    }

    private static ObjectNode success() {
        return JSON.createObjectNode().put("code", "10000").put("msg", "Success");
    }

    private static ObjectNode refusal(String code, String message) {
        return JSON.createObjectNode()
                .put("code", "40004")
                .put("msg", "Business Failed")
                .put("sub_code", code)
                .put("sub_msg", message);
    }

    private Response signed(String method, ObjectNode answer) {
        var text = answer.toString();
        var name = method.replace('.', '_') + "_response";
        return Response.json(
                200, "{\"" + name + "\":" + text + ",\"sign\":\"" + Keys.sign(keys.alipayPlatform(), text) + "\"}");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String time(Instant at) {
        return TIME.format(at.atOffset(BEIJING));
    }

    private static String yuan(long fen) {
        return BigDecimal.valueOf(fen, FEN_DIGITS).toPlainString();
    }

    private static long fen(String yuan) {
        return new BigDecimal(yuan).movePointRight(FEN_DIGITS).longValueExact();
    }
}
