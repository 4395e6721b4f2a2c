package io.quotabank.ledger.paymentprovider;

import com.wechat.pay.java.core.RSAPublicKeyConfig;
import com.wechat.pay.java.core.exception.ServiceException;
import com.wechat.pay.java.core.exception.WechatPayException;
import com.wechat.pay.java.core.http.DefaultHttpClientBuilder;
import com.wechat.pay.java.core.http.HttpClient;
import com.wechat.pay.java.core.notification.NotificationParser;
import com.wechat.pay.java.core.notification.RequestParam;
import com.wechat.pay.java.service.payments.model.Transaction;
import com.wechat.pay.java.service.payments.nativepay.NativePayService;
import com.wechat.pay.java.service.payments.nativepay.model.Amount;
import com.wechat.pay.java.service.payments.nativepay.model.CloseOrderRequest;
import com.wechat.pay.java.service.payments.nativepay.model.PrepayRequest;
import com.wechat.pay.java.service.payments.nativepay.model.QueryOrderByOutTradeNoRequest;
import com.wechat.pay.java.service.refund.model.RefundNotification;
import io.quotabank.ledger.paymentprovider.PaymentProviderProperties.Wechat;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;

/** WeChat Pay API v3, Native: the payer scans a code. Our order's id, without dashes, is the {@code out_trade_no}. */
final class WeChatNative implements PaymentProvider {

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration READ = Duration.ofSeconds(15);

    private static final Reply ACCEPTED = new Reply(200, "application/json", "{\"code\":\"SUCCESS\"}");
    private static final Reply FAILED = new Reply(503, "application/json", "{\"code\":\"FAIL\",\"message\":\"失败\"}");
    private static final Reply REFUSED = new Reply(401, "application/json", "{\"code\":\"FAIL\",\"message\":\"验签失败\"}");

    private final Wechat settings;
    private final String callback;
    private final Clock clock;
    private final NativePayService payments;
    private final WeChatRefunds refunds;
    private final NotificationParser parser;

    WeChatNative(Wechat settings, String callback, Clock clock) {
        this.settings = settings;
        this.callback = callback;
        this.clock = clock;
        var config = new RSAPublicKeyConfig.Builder()
                .merchantId(settings.merchantId())
                .merchantSerialNumber(settings.merchantSerial())
                .privateKey(PaymentProviderProperties.secret(settings.merchantKeyFile()))
                .publicKeyId(settings.publicKeyId())
                .publicKey(PaymentProviderProperties.secret(settings.publicKeyFile()))
                .apiV3Key(PaymentProviderProperties.secret(settings.apiV3KeyFile()))
                .build();
        HttpClient http = new DefaultHttpClientBuilder()
                .config(config)
                .okHttpClient(at(settings.apiBase()))
                .build();
        this.payments = new NativePayService.Builder().httpClient(http).build();
        this.refunds = new WeChatRefunds(http, callback);
        this.parser = new NotificationParser(config);
    }

    /** The SDK knows WeChat's own addresses only; requests are signed without them, so they may go elsewhere. */
    private static OkHttpClient at(URI base) {
        int port = base.getPort() >= 0 ? base.getPort() : base.getScheme().equals("https") ? 443 : 80;
        return new OkHttpClient.Builder()
                .connectTimeout(CONNECT)
                .readTimeout(READ)
                .addInterceptor(chain -> {
                    var request = chain.request();
                    var url = request.url()
                            .newBuilder()
                            .scheme(base.getScheme())
                            .host(base.getHost())
                            .port(port)
                            .build();
                    return chain.proceed(request.newBuilder().url(url).build());
                })
                .build();
    }

    @Override
    public Name name() {
        return Name.WECHAT;
    }

    @Override
    public Opened open(Order order) {
        var amount = new Amount();
        amount.setTotal(Math.toIntExact(order.amountFen()));
        amount.setCurrency(CURRENCY);
        var request = new PrepayRequest();
        request.setAppid(settings.appId());
        request.setMchid(settings.merchantId());
        request.setDescription(order.title());
        request.setOutTradeNo(OrderNumber.of(order.id()));
        request.setNotifyUrl(callback);
        request.setTimeExpire(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                order.closesAt().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.ofHours(8))));
        request.setAmount(amount);
        return new Opened(null, call(() -> payments.prepay(request)).getCodeUrl(), null);
    }

    @Override
    public Standing look(Order order) {
        var request = new QueryOrderByOutTradeNoRequest();
        request.setMchid(settings.merchantId());
        request.setOutTradeNo(OrderNumber.of(order.id()));
        try {
            return standing(call(() -> payments.queryOrderByOutTradeNo(request)));
        } catch (AwayException unknown) {
            if (unknown.getCause() instanceof ServiceException refused && refused.getHttpStatusCode() == 404) {
                return new Standing.Unpaid();
            }
            throw unknown;
        }
    }

    @Override
    public Standing close(Order order) {
        var request = new CloseOrderRequest();
        request.setMchid(settings.merchantId());
        request.setOutTradeNo(OrderNumber.of(order.id()));
        try {
            call(() -> {
                payments.closeOrder(request);
                return true;
            });
            return new Standing.Closed();
        } catch (AwayException refused) {
            if (!(refused.getCause() instanceof ServiceException service)) {
                throw refused;
            }
            // Paid meanwhile, or never opened there.
            return service.getHttpStatusCode() == 404 ? new Standing.Closed() : look(order);
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
        var headers = callback.headers();
        var timestamp = headers.getOrDefault("wechatpay-timestamp", "");
        if (!recent(timestamp)) {
            return new Reading.Refused("its time is not now");
        }
        var parameters = new RequestParam.Builder()
                .serialNumber(headers.getOrDefault("wechatpay-serial", ""))
                .nonce(headers.getOrDefault("wechatpay-nonce", ""))
                .signature(headers.getOrDefault("wechatpay-signature", ""))
                .signType(headers.getOrDefault("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048"))
                .timestamp(timestamp)
                .body(callback.body())
                .build();
        try {
            // Verified before its kind is looked at, whatever it claims to be.
            var content = parser.parse(parameters, Map.class);
            return content.containsKey("out_refund_no") || content.containsKey("refund_status")
                    ? refunded(parser.parse(parameters, RefundNotification.class), content)
                    : paid(parser.parse(parameters, Transaction.class));
        } catch (RuntimeException forged) {
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
        return REFUSED;
    }

    // The parser checks no times.
    private boolean recent(String timestamp) {
        try {
            var signed = Instant.ofEpochSecond(Long.parseLong(timestamp));
            return Duration.between(signed, clock.instant()).abs().compareTo(WINDOW) <= 0;
        } catch (NumberFormatException | java.time.DateTimeException malformed) {
            return false;
        }
    }

    private Reading paid(Transaction transaction) {
        if (!settings.merchantId().equals(transaction.getMchid())
                || !settings.appId().equals(transaction.getAppid())) {
            return new Reading.Refused("of another merchant");
        }
        return standing(transaction) instanceof Standing.Paid(Event.Paid paid)
                ? new Reading.Genuine(List.of(paid))
                : new Reading.Genuine(List.of());
    }

    private Reading refunded(RefundNotification refund, Map<?, ?> content) {
        if (!settings.merchantId().equals(content.get("mchid"))) {
            return new Reading.Refused("of another merchant");
        }
        return new Reading.Genuine(List.of(WeChatRefunds.read(refund)));
    }

    private Standing standing(Transaction transaction) {
        return switch (transaction.getTradeState()) {
            // Refunded orders were paid once, and their refunds are told apart.
            case SUCCESS, REFUND ->
                new Standing.Paid(new Event.Paid(
                        OrderNumber.read(transaction.getOutTradeNo()),
                        transaction.getTransactionId(),
                        transaction.getAmount().getTotal(),
                        transaction.getAmount().getCurrency()));
            case CLOSED, REVOKED -> new Standing.Closed();
            case NOTPAY, USERPAYING, PAYERROR, ACCEPT -> new Standing.Unpaid();
        };
    }

    static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (WechatPayException | IllegalArgumentException refused) {
            // The latter for an answer that says nothing of its signature.
            throw new AwayException("WeChat Pay: " + refused.getMessage(), refused);
        }
    }
}
