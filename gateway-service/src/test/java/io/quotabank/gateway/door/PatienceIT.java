package io.quotabank.gateway.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How long the door waits for a client, and for an answer. */
class PatienceIT {

    private static final TestGateway GATEWAY = new TestGateway(Map.of(
            "quotabank.gateway.door.header-timeout", "400ms",
            "quotabank.gateway.door.body-timeout", "600ms",
            "quotabank.gateway.door.idle-timeout", "1500ms",
            "quotabank.gateway.door.linger-timeout", "500ms",
            "quotabank.gateway.relay.time-limit", "1s"));

    private static final String BEARER = "Bearer " + GATEWAY.accessKey(UUID.randomUUID());

    @AfterAll
    static void close() {
        GATEWAY.close();
    }

    @Test
    void closesOnSlowHeaders() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/models HTT");

            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void headersThatDripDoNotBuyTime() throws Exception {
        long start = System.nanoTime();
        try (var client = new RawClient(GATEWAY.port());
                var dripping = new Drip(client)) {
            assertThat(client.ended()).isTrue();
        }
        assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
    }

    /** Says one more byte of a header every few milliseconds for as long as the connection takes it. */
    private static final class Drip implements AutoCloseable {
        private final Thread thread;

        Drip(RawClient client) throws IOException {
            client.say("GET /v1/models HTTP/1.1\r\nX-Slow: ");
            thread = Thread.ofVirtual().start(() -> {
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        client.say("a");
                        TimeUnit.MILLISECONDS.sleep(20);
                    }
                } catch (IOException | InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    @Test
    void tellsASlowBodySo() throws Exception {
        for (var path : new String[] {"/v1/chat/completions", "/api/pool/deposits"}) {
            var token = GATEWAY.realm.token(UUID.randomUUID());
            try (var client = new RawClient(GATEWAY.port())) {
                client.say("POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Length: 10\r\n\r\nabc");

                assertThat(client.answer().status()).isEqualTo(408);
                assertThat(client.ended()).isTrue();
            }
        }
        assertThat(GATEWAY.proxy.received("/v1/chat/completions")).isEmpty();
    }

    @Test
    void closesConnectionsThatAskNothing() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void anAnswerMayTakeLongerThanAClientMay() throws Exception {
        GATEWAY.proxy.on("/v1/thinking", (request, wire) -> {
            TimeUnit.MILLISECONDS.sleep(800);
            wire.json("{}");
        });

        assertThat(GATEWAY.get("/v1/thinking", "Authorization", BEARER).statusCode())
                .isEqualTo(200);
    }

    @Test
    void butNotForEver() throws Exception {
        GATEWAY.proxy.on(
                "/v1/never", (request, wire) -> wire.socket().getInputStream().read());

        var answer = GATEWAY.get("/v1/never", "Authorization", BEARER);

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("\"error\"");
    }
}
