package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Answers that come bit by bit, and what becomes of one when its client leaves or its proxy breaks off. */
class RelayedStreamIT {

    private static final TestGateway GATEWAY = TestGateway.shared();
    private static final UUID USER = UUID.randomUUID();
    private static final String KEY = GATEWAY.accessKey(USER, "small", "large");
    private static final String BEARER = "Bearer " + KEY;

    @Test
    void passesAStreamChunkByChunkAsItComes() throws Exception {
        var step = new CyclicBarrier(2);
        GATEWAY.proxy.on("/v1/stream", (request, wire) -> {
            wire.startStream();
            for (int i = 0; i < 5; i++) {
                meet(step);
                wire.chunk("data: " + i + "\n\n");
            }
            meet(step);
            wire.endStream();
        });
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n");

            assertThat(client.head().headers()).containsEntry("content-type", "text/event-stream");
            for (int i = 0; i < 5; i++) {
                // The proxy writes no further chunk before this one has arrived here.
                meet(step);
                assertThat(client.chunk()).isEqualTo("data: " + i + "\n\n");
            }
            meet(step);
            assertThat(client.chunk()).isEmpty();
        }
    }

    @Test
    void endsTheUpstreamCallWhenTheClientLeaves() throws Exception {
        var started = new CountDownLatch(1);
        var noticed = new CountDownLatch(1);
        GATEWAY.proxy.on("/v1/abandoned", (request, wire) -> {
            wire.startStream();
            wire.chunk("data: 1\n\n");
            started.countDown();
            if (wire.socket().getInputStream().read() < 0) {
                noticed.countDown();
            }
        });
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/abandoned HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n");
            client.head();
            assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(noticed.await(2, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsTheUpstreamCallWhenTheClientLeavesBeforeAnyAnswer() throws Exception {
        var started = new CountDownLatch(1);
        var noticed = new CountDownLatch(1);
        GATEWAY.proxy.on("/v1/impatient", (request, wire) -> {
            started.countDown();
            if (wire.socket().getInputStream().read() < 0) {
                noticed.countDown();
            }
        });
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST /v1/impatient HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nAuthorization: " + BEARER
                    + "\r\n\r\n{}");
            assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(noticed.await(2, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void slowsTheProxyDownToWhatTheClientTakes() throws Exception {
        var written = new AtomicLong();
        var stop = new AtomicBoolean();
        GATEWAY.proxy.on("/v1/flood", (request, wire) -> {
            wire.startStream();
            var chunk = "x".repeat(16_384);
            while (!stop.get()) {
                wire.chunk(chunk);
                written.addAndGet(chunk.length());
            }
        });
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/flood HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n");
            client.head();

            // Nothing is read: what is written ends when socket buffers and the relay's own bound are full.
            await().pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .until(new Stable(written)::reached);
            assertThat(written.get()).isLessThan(60_000_000L);
            long before = written.get();
            for (int i = 0; i < 2_000; i++) {
                client.chunk();
            }
            await().until(() -> written.get() > before);
        } finally {
            stop.set(true);
        }
    }

    /** Reached when a counter has not moved between two looks. */
    private static final class Stable {
        private final AtomicLong counter;
        private long last = -1;

        Stable(AtomicLong counter) {
            this.counter = counter;
        }

        boolean reached() {
            long now = counter.get();
            boolean same = now == last && now > 0;
            last = now;
            return same;
        }
    }

    @Test
    void tellsALostConnectionOnceTheRequestWasSentAndDoesNotRepeatIt() throws Exception {
        GATEWAY.proxy.on("/v1/lost", (request, wire) -> wire.reset());

        var answer = GATEWAY.post("/v1/lost", "{}", "Authorization", BEARER);

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("\"error\"").contains("\"type\":\"server_error\"");
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        assertThat(GATEWAY.proxy.received("/v1/lost")).hasSize(1);
    }

    @Test
    void tellsABrokenStreamByAnErrorEventAndNeverAsACleanEnd() throws Exception {
        GATEWAY.proxy.on("/v1/broken", (request, wire) -> {
            wire.startStream();
            wire.chunk("data: {\"n\":1}\n\n");
            wire.reset();
        });
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/broken HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n");
            client.head();

            assertThat(client.chunk()).isEqualTo("data: {\"n\":1}\n\n");
            assertThat(client.chunk()).startsWith("data: {\"error\":").endsWith("\n\n");
            assertThatThrownBy(client::chunk).isInstanceOf(IOException.class);
        }
    }

    @Test
    void cutsAnAnswerOfKnownLengthThatBreaksOff() throws Exception {
        GATEWAY.proxy.on("/v1/short", (request, wire) -> {
            wire.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
            wire.reset();
        });

        assertThatThrownBy(() -> GATEWAY.get("/v1/short", "Authorization", BEARER))
                .isInstanceOf(IOException.class);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(5, TimeUnit.SECONDS);
        } catch (Exception nobodyCame) {
            throw new IllegalStateException(Arrays.toString(nobodyCame.getStackTrace()), nobodyCame);
        }
    }
}
