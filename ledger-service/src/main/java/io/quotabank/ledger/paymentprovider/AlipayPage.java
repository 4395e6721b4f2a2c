package io.quotabank.ledger.paymentprovider;

import com.alipay.api.AlipayApiException;
import com.alipay.api.AlipayClient;
import com.alipay.api.AlipayRequest;
import com.alipay.api.AlipayResponse;
import com.alipay.api.DefaultAlipayClient;
import com.alipay.api.domain.AlipayTradeCloseModel;
import com.alipay.api.domain.AlipayTradePagePayModel;
import com.alipay.api.domain.AlipayTradeQueryModel;
import com.alipay.api.internal.util.AlipaySignature;
import com.alipay.api.request.AlipayTradeCloseRequest;
import com.alipay.api.request.AlipayTradePagePayRequest;
import com.alipay.api.request.AlipayTradeQueryRequest;
import io.quotabank.ledger.paymentprovider.PaymentProviderProperties.Alipay;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Security;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Alipay's page for computers. Our order's id, without dashes, is the {@code out_trade_no}. */
final class AlipayPage implements PaymentProvider {

    private static final String CHARSET = "utf-8";
    private static final String SIGN_TYPE = "RSA2";
    private static final ZoneOffset BEIJING = ZoneOffset.ofHours(8);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final int FEN_DIGITS = 2;

    // Alipay tells the time of sending. It sends the same again for 25 hours, with the first time.
    private static final Duration WINDOW = Duration.ofHours(26);
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private static final Reply ACCEPTED = new Reply(200, "text/plain;charset=utf-8", "success");
    private static final Reply FAILED = new Reply(200, "text/plain;charset=utf-8", "failure");

    private final Alipay settings;
    private final String callback;
    private final String returnUrl;
    private final Clock clock;
    private final AlipayClient client;
    private final AlipayRefunds refunds;
    private final String alipayKey;

    AlipayPage(Alipay settings, String callback, URI returnUrl, Clock clock) {
        this.settings = settings;
        this.callback = callback;
        this.returnUrl = returnUrl.toString();
        this.clock = clock;
        this.alipayKey = bare(settings.alipayKeyFile());
        this.client = client(settings, alipayKey);
        this.refunds = new AlipayRefunds(client);
    }

    /**
     * The SDK's first use empties the list of algorithms that no certificate may use, for the whole process: it is
     * filled again at once.
     */
    private static AlipayClient client(Alipay settings, String alipayKey) {
        var property = "jdk.certpath.disabledAlgorithms";
        var disabled = Security.getProperty(property);
        try {
            var client = new DefaultAlipayClient(
                    settings.gateway().toString(),
                    settings.appId(),
                    bare(settings.appKeyFile()),
                    "json",
                    CHARSET,
                    alipayKey,
                    SIGN_TYPE);
            client.setConnectTimeout(5_000);
            client.setReadTimeout(15_000);
            return client;
        } finally {
            Security.setProperty(property, disabled);
        }
    }

    /** A PEM file's key in one line, as the SDK wants it. */
    private static String bare(Path file) {
        return PaymentProviderProperties.secret(file)
                .replaceAll("-----[A-Z ]+-----", "")
                .replaceAll("\\s", "");
    }

    @Override
    public Name name() {
        return Name.ALIPAY;
    }

    @Override
    public Opened open(Order order) {
        var model = new AlipayTradePagePayModel();
        model.setOutTradeNo(OrderNumber.of(order.id()));
        model.setTotalAmount(yuan(order.amountFen()));
        model.setSubject(order.title());
        model.setProductCode("FAST_INSTANT_TRADE_PAY");
        model.setTimeExpire(TIME.format(order.closesAt().atOffset(BEIJING)));
        var request = new AlipayTradePagePayRequest();
        request.setBizModel(model);
        request.setNotifyUrl(callback);
        request.setReturnUrl(returnUrl);
        try {
            return new Opened(client.pageExecute(request, "GET").getBody(), null, null);
        } catch (AlipayApiException refused) {
            throw new AwayException("Alipay: " + refused.getMessage(), refused);
        }
    }

    @Override
    public Standing look(Order order) {
        var model = new AlipayTradeQueryModel();
        model.setOutTradeNo(OrderNumber.of(order.id()));
        var request = new AlipayTradeQueryRequest();
        request.setBizModel(model);
        var answer = execute(client, request);
        if (missing(answer)) {
            // The payer has not come to the page yet.
            return new Standing.Unpaid();
        }
        succeeded(answer);
        return switch (String.valueOf(answer.getTradeStatus())) {
            case "TRADE_SUCCESS", "TRADE_FINISHED" ->
                new Standing.Paid(
                        new Event.Paid(order.id(), answer.getTradeNo(), fen(answer.getTotalAmount()), CURRENCY));
            case "TRADE_CLOSED" -> new Standing.Closed();
            default -> new Standing.Unpaid();
        };
    }

    @Override
    public Standing close(Order order) {
        var model = new AlipayTradeCloseModel();
        model.setOutTradeNo(OrderNumber.of(order.id()));
        var request = new AlipayTradeCloseRequest();
        request.setBizModel(model);
        var answer = execute(client, request);
        // Its page refuses to pay after the order's own time, whether or not somebody came to it.
        return answer.isSuccess() || missing(answer) ? new Standing.Closed() : look(order);
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
        try {
            var parameters = form(callback.body());
            // The check takes the signature out of what it is given.
            if (!AlipaySignature.rsaCheckV1(new HashMap<>(parameters), alipayKey, CHARSET, SIGN_TYPE)) {
                return new Reading.Refused("not signed by Alipay");
            }
            if (!settings.appId().equals(parameters.get("app_id"))
                    || !settings.sellerId().equals(parameters.get("seller_id"))) {
                return new Reading.Refused("of another merchant");
            }
            if (!recent(parameters.getOrDefault("notify_time", ""))) {
                return new Reading.Refused("its time is not now");
            }
            return new Reading.Genuine(events(parameters));
        } catch (AlipayApiException | RuntimeException forged) {
            return new Reading.Refused(forged.getClass().getSimpleName());
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
        return FAILED;
    }

    private boolean recent(String notifyTime) {
        try {
            Instant sent = LocalDateTime.parse(notifyTime, TIME).toInstant(BEIJING);
            var now = clock.instant();
            return sent.isAfter(now.minus(WINDOW)) && sent.isBefore(now.plus(AHEAD));
        } catch (DateTimeException malformed) {
            return false;
        }
    }

    /** A refund's notification looks like the payment's, and tells all that went back so far. */
    private static List<Event> events(Map<String, String> parameters) {
        var transaction = parameters.getOrDefault("trade_no", "");
        var status = parameters.getOrDefault("trade_status", "");
        var events = new ArrayList<Event>();
        var refunded = parameters.get("refund_fee");
        if (refunded != null && parameters.containsKey("gmt_refund")) {
            events.add(AlipayRefunds.refunded(transaction, fen(refunded)));
        } else if (status.equals("TRADE_SUCCESS") || status.equals("TRADE_FINISHED")) {
            events.add(new Event.Paid(
                    OrderNumber.read(parameters.getOrDefault("out_trade_no", "")),
                    transaction,
                    fen(parameters.getOrDefault("total_amount", "")),
                    CURRENCY));
        }
        return events;
    }

    private static Map<String, String> form(String body) {
        var parameters = new HashMap<String, String>();
        for (var pair : body.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                var name = URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8);
                if (parameters.put(name, URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8))
                        != null) {
                    throw new IllegalArgumentException(name + " comes twice");
                }
            }
        }
        return parameters;
    }

    static <T extends AlipayResponse> T execute(AlipayClient client, AlipayRequest<T> request) {
        try {
            return client.execute(request);
        } catch (AlipayApiException refused) {
            throw new AwayException("Alipay: " + refused.getMessage(), refused);
        }
    }

    static void succeeded(AlipayResponse answer) {
        if (!answer.isSuccess()) {
            var said = answer.getSubCode() + " " + answer.getSubMsg();
            throw new AwayException("Alipay: " + said, new IllegalStateException(said));
        }
    }

    private static boolean missing(AlipayResponse answer) {
        return "ACQ.TRADE_NOT_EXIST".equals(answer.getSubCode());
    }

    static String yuan(long fen) {
        return BigDecimal.valueOf(fen, FEN_DIGITS).toPlainString();
    }

    static long fen(@Nullable String yuan) {
        return new BigDecimal(String.valueOf(yuan)).movePointRight(FEN_DIGITS).longValueExact();
    }
}
