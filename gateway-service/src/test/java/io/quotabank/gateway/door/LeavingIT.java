package io.quotabank.gateway.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import java.net.ConnectException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A gateway that is told to stop hands its clients over and loses none of their requests. */
class LeavingIT {

    private static final UUID USER = UUID.randomUUID();

    private final TestGateway gateway = new TestGateway(Map.of(
            "quotabank.leaving.announce", "2s",
            "quotabank.leaving.drain", "1m",
            "quotabank.gateway.door.leaving-idle", "500ms"));
    private final String key = gateway.accessKey(USER);

    @Test
    void answersOnWhileItSaysThatItLeavesThenLetsStreamsFinish() throws Exception {
        var release = new CountDownLatch(1);
        gateway.proxy.on("/v1/plain", (request, wire) -> wire.json("\"whole\"")).on("/v1/stream", (request, wire) -> {
            wire.startStream();
            wire.chunk("data: first\n\n");
            release.await(30, TimeUnit.SECONDS);
            wire.chunk("data: last\n\n");
            wire.endStream();
        });
        gateway.usageLog.on("/api/usage", (request, wire) -> wire.json("[]"));
        try (var streaming = new RawClient(gateway.port());
                var keptAlive = new RawClient(gateway.port());
                var idle = new RawClient(gateway.port());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(keptAlive.say(request("/v1/plain")).answer().headers()).doesNotContainKey("connection");
            streaming.say(request("/v1/stream"));
            assertThat(streaming.head().status()).isEqualTo(200);
            assertThat(streaming.chunk()).isEqualTo("data: first\n\n");

            var stopped = threads.submit(gateway::stop);

            // Whoever balances sees it; whoever has a connection is answered on it, and told that it is the last time.
            await().until(() -> gateway.get("/health").statusCode() == 503);
            var last = keptAlive.say(request("/v1/plain")).answer();
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.headers()).containsEntry("connection", "close");
            assertThat(keptAlive.ended()).isTrue();
            try (var routed = new RawClient(gateway.port())) {
                var answer = routed.say(request("/api/usage")).answer();
                assertThat(answer.body()).isEqualTo("[]");
                assertThat(answer.headers()).containsEntry("connection", "close");
            }

            assertThat(idle.ended()).isTrue();
            assertThatThrownBy(() -> new RawClient(gateway.port())).isInstanceOf(ConnectException.class);
            assertThat(stopped.isDone()).isFalse();

            release.countDown();
            assertThat(streaming.chunk()).isEqualTo("data: last\n\n");
            assertThat(streaming.chunk()).isEmpty();
            // Its head did not say that it was the last: one more is answered.
            var next = streaming.say(request("/v1/plain")).answer();
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.headers()).containsEntry("connection", "close");
            stopped.get();
        } finally {
            gateway.close();
        }
    }

    private String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + key + "\r\n\r\n";
    }
}
