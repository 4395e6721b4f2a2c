package io.quotabank.ledger.payment;

import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestPostgres.Database;
import io.quotabank.sandboxpay.Arguments;
import io.quotabank.sandboxpay.SandboxPayments;
import io.quotabank.sandboxpay.key.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A ledger that sells credits by three providers of the sandbox, over their own SDKs; notifications come as through the
 * gateway, with their bytes as they are.
 */
public final class Shop implements AutoCloseable {

    static final List<String> PROVIDERS = List.of("stripe", "wechat", "alipay");

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = JsonMapper.shared();

    /** An order as its buyer was told of it. */
    public record Order(UUID id, UUID buyer, String provider, JsonNode told) {}

    private final SandboxPayments sandbox;
    private final HttpServer door;
    private final Ledger ledger;

    private Shop(SandboxPayments sandbox, HttpServer door, Ledger ledger) {
        this.sandbox = sandbox;
        this.door = door;
        this.ledger = ledger;
    }

    /** Started on first use; all tests share it. */
    private static final class Shared {
        static final Shop SHOP = open(Map.of());
    }

    static Shop shared() {
        return Shared.SHOP;
    }

    static Shop open(Map<String, Object> more, Object... sources) {
        return open(settings -> {
            settings.putAll(more);
            return Ledger.with(settings, sources);
        });
    }

    static Shop on(Database database, Map<String, Object> more) {
        return open(settings -> {
            settings.putAll(more);
            return Ledger.on(database, settings);
        });
    }

    /** @param start a ledger with the shop's settings, and whatever else it needs */
    public static Shop open(Function<Map<String, Object>, Ledger> start) {
        try {
            var keys = Files.createTempDirectory("keys");
            var sandbox = SandboxPayments.start(new Arguments("127.0.0.1", 0, 0, keys, null));
            var door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var publicUrl = "http://127.0.0.1:" + door.getAddress().getPort();
            var settings = settings(keys, "http://127.0.0.1:" + sandbox.port(), publicUrl);
            var ledger = start.apply(settings);
            open(door, ledger);
            var shop = new Shop(sandbox, door, ledger);
            shop.control("stripe-endpoint", "{\"url\":\"" + publicUrl + "/api/payment/callback/stripe\"}");
            return shop;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static Map<String, Object> settings(Path keys, String sandbox, String publicUrl) {
        var all = new HashMap<String, Object>();
        // Jobs are run by the tests that are about them.
        all.put("quotabank.payment.every", "10m");
        var our = "quotabank.payment-provider.";
        all.put(our + "public-url", publicUrl);
        all.put(our + "stripe.api-base", sandbox);
        all.put(our + "stripe.api-key-file", keys.resolve("stripe-api-key"));
        all.put(our + "stripe.webhook-secret-file", keys.resolve("stripe-webhook-secret"));
        all.put(our + "wechat.api-base", sandbox);
        all.put(our + "wechat.merchant-id", Keys.WECHAT_MERCHANT);
        all.put(our + "wechat.app-id", Keys.WECHAT_APP);
        all.put(our + "wechat.merchant-serial", Keys.WECHAT_SERIAL);
        all.put(our + "wechat.merchant-key-file", keys.resolve("wechat-merchant.pem"));
        all.put(our + "wechat.public-key-id", Keys.WECHAT_KEY_ID);
        all.put(our + "wechat.public-key-file", keys.resolve("wechat-platform-public.pem"));
        all.put(our + "wechat.api-v3-key-file", keys.resolve("wechat-api-v3-key"));
        all.put(our + "alipay.gateway", sandbox + "/gateway.do");
        all.put(our + "alipay.app-id", Keys.ALIPAY_APP);
        all.put(our + "alipay.seller-id", Keys.ALIPAY_SELLER);
        all.put(our + "alipay.app-key-file", keys.resolve("alipay-app.pem"));
        all.put(our + "alipay.alipay-key-file", keys.resolve("alipay-platform-public.pem"));
        return all;
    }

    /** What the gateway does with a notification: its own token instead of none, and the same bytes. */
    private static void open(HttpServer door, Ledger ledger) {
        door.createContext("/", exchange -> {
            try (exchange) {
                var request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + ledger.port() + exchange.getRequestURI()))
                        .POST(BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
                exchange.getRequestHeaders().forEach((name, values) -> {
                    if (!List.of("Connection", "Content-length", "Host", "Upgrade", "Http2-settings")
                            .contains(name)) {
                        request.header(name, values.getFirst());
                    }
                });
                request.header("Authorization", "Bearer " + TestIdentity.service("gateway-service"));
                var answer = HTTP.send(request.build(), BodyHandlers.ofByteArray());
                exchange.sendResponseHeaders(
                        answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
                exchange.getResponseBody().write(answer.body());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        door.start();
    }

    /** A new token each time: they live a minute. */
    static String admin() {
        return TestIdentity.user(UUID.randomUUID(), "user", "admin");
    }

    public Ledger ledger() {
        return ledger;
    }

    /** 100 yuan for 1,200 credits. */
    public Order order(UUID buyer, String provider) {
        return order(buyer, provider, 100);
    }

    Order order(UUID buyer, String provider, int yuan) {
        var answer = buy(buyer, "{\"amount\":" + yuan + ",\"payment_method\":\"" + provider + "\"}");
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.raw().body());
        }
        return visited(
                new Order(UUID.fromString(answer.body().get("order").asString()), buyer, provider, answer.body()));
    }

    /** Alipay learns of an order when its payer's browser comes. */
    private static Order visited(Order order) {
        if (order.provider().equals("alipay")) {
            send(HttpRequest.newBuilder(URI.create(order.told().get("pay_url").asString()))
                    .build());
        }
        return order;
    }

    Response buy(UUID buyer, String body, String... headers) {
        return ledger.call("POST", "/api/credits/recharge", TestIdentity.user(buyer), body, headers);
    }

    JsonNode pay(Order order, String wishes) {
        return control("trades/" + order.id() + "/pay", wishes);
    }

    /** Paid, and the notification delivered. */
    public JsonNode pay(Order order) {
        return pay(order, "{}");
    }

    public JsonNode refund(Order order, String wishes) {
        return control("trades/" + order.id() + "/refund", wishes);
    }

    /** How our asking for refunds of it is answered from now on: as_usual, away, lost or refused. */
    void answerRefunds(Order order, String how) {
        control("trades/" + order.id() + "/refunds", "{\"answer\":\"" + how + "\"}");
    }

    public JsonNode dispute(Order order, String wishes) {
        return control("trades/" + order.id() + "/dispute", wishes);
    }

    /** Delivers what was put down; an answer each. */
    JsonNode deliver(JsonNode done, String wishes) {
        return control("notices/" + done.get("notices").get(0).asLong() + "/deliver", wishes);
    }

    JsonNode trade(Order order) {
        return control("trades/" + order.id(), "");
    }

    private JsonNode control(String path, String body) {
        return JSON.readTree(send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sandbox.controlPort() + "/control/" + path))
                        .POST(BodyPublishers.ofString(body))
                        .build()));
    }

    private static String send(HttpRequest request) {
        try {
            var answer = HTTP.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    JsonNode seen(Order order) {
        return ledger.call("GET", "/api/payment/orders/" + order.id(), TestIdentity.user(order.buyer()), "")
                .body();
    }

    String status(Order order) {
        return seen(order).get("status").asString();
    }

    /** Credits beyond those of a sign-up. */
    long credits(UUID buyer) {
        return (new People(ledger).posted(buyer) - People.SIGN_UP) / 1_000_000;
    }

    long debt(UUID buyer) {
        return new People(ledger).debt(buyer) / 1_000_000;
    }

    Response refundByAdmin(Order order, String body, String... headers) {
        return refundBy(admin(), order, body, headers);
    }

    Response refundBy(String admin, Order order, String body, String... headers) {
        return ledger.call("POST", "/api/payment/orders/" + order.id() + "/refunds", admin, body, headers);
    }

    /** Credits that go for something: to somebody else. */
    public void spend(UUID buyer, long credits) {
        var accounts = ledger.bean(Accounts.class);
        var transfers = ledger.bean(Transfers.class);
        var from = accounts.open(AccountCode.user(buyer));
        var to = accounts.open(AccountCode.user(UUID.randomUUID()));
        transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(from, to));
            books.transfer(TestUsage.IDS.next(), from, to, Credits.of(credits), TransferType.PROXY_EARNINGS, null);
            transfers.post(books);
            return true;
        });
    }

    /** From now on nobody answers. */
    void providersAway() {
        sandbox.close();
    }

    @Override
    public void close() {
        ledger.close();
        door.stop(0);
        sandbox.close();
    }

    /** Whatever is due by now. */
    void runJobs() {
        ledger.bean(PaymentJob.class).run();
    }
}
