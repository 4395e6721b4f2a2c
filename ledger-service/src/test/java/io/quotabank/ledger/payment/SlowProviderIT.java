package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quotabank.ledger.Ledger.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An order whose provider takes its time is opened by one request at a time. */
class SlowProviderIT {

    private static final byte[] REFUSAL =
            "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"not now\"}}".getBytes(StandardCharsets.UTF_8);

    private final UUID buyer = UUID.randomUUID();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);

    @Test
    void aRepeatIsRefusedWhileTheFirstWaitsAndAsksAgainAfterwards() throws Exception {
        var provider = slow();
        var address = "http://127.0.0.1:" + provider.getAddress().getPort();
        try (var shop = Shop.open(Map.of("quotabank.payment-provider.stripe.api-base", address));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> buy(shop));
            assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();

            assertThat(buy(shop).body().get("code").asString()).isEqualTo("request_in_flight");
            answers.countDown();
            assertThat(first.get().status()).isEqualTo(503);
            assertThat(buy(shop).status()).isEqualTo(503);

            // Whoever asked has died.
            shop.ledger().asOwner("UPDATE payment_order SET asked_until = now() + interval '1 minute'");
            assertThat(buy(shop).status()).isEqualTo(409);
            shop.ledger().asOwner("UPDATE payment_order SET asked_until = now()");
            assertThat(buy(shop).status()).isEqualTo(503);
            assertThat(shop.ledger().number("SELECT count(*) FROM payment_order"))
                    .isEqualTo(1);
        } finally {
            provider.stop(0);
        }
    }

    private Response buy(Shop shop) {
        return shop.buy(buyer, "{\"amount\":100,\"payment_method\":\"stripe\",\"order_id\":\"slow\"}");
    }

    private HttpServer slow() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                asked.countDown();
                answers.await();
                exchange.sendResponseHeaders(400, REFUSAL.length);
                exchange.getResponseBody().write(REFUSAL);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }
}
