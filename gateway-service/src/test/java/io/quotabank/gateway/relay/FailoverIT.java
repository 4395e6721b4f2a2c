package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.Backend;
import io.quotabank.gateway.TestGateway;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FailoverIT {

    private static final UUID USER = UUID.randomUUID();

    @Test
    void triesAnotherInstanceWhenOneRefusesConnections() throws Exception {
        var second = new Backend();
        try (var gateway = two(second)) {
            second.on("/v1/me", (request, wire) -> wire.json("\"second\""));
            var key = known(gateway);
            gateway.proxy.away();

            for (int i = 0; i < 10; i++) {
                var answer = gateway.post("/v1/me", "{\"n\":" + i + "}", "Authorization", key);
                assertThat(answer.body()).isEqualTo("\"second\"");
            }
            assertThat(second.received("/v1/me").getLast().text()).isEqualTo("{\"n\":9}");
        } finally {
            second.close();
        }
    }

    @Test
    void doesNotTryAnotherOnceARequestWasSent() throws Exception {
        var second = new Backend();
        try (var gateway = two(second)) {
            var key = known(gateway);
            gateway.proxy.on("/v1/lost", (request, wire) -> wire.reset());
            second.on("/v1/lost", (request, wire) -> wire.reset());

            assertThat(gateway.post("/v1/lost", "{}", "Authorization", key).statusCode())
                    .isEqualTo(502);

            assertThat(gateway.proxy.received("/v1/lost").size()
                            + second.received("/v1/lost").size())
                    .isEqualTo(1);
        } finally {
            second.close();
        }
    }

    @Test
    void says503WhenNobodyIsThere() throws Exception {
        var second = new Backend();
        try (var gateway = two(second)) {
            var key = known(gateway);
            gateway.proxy.away();
            second.away();

            var answer = gateway.post("/v1/me", "{}", "Authorization", key);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("\"code\":\"service_unavailable\"");
            assertThat(answer.headers().firstValue("retry-after")).contains("1");
            gateway.proxy.back();
            assertThat(gateway.post("/v1/me", "{}", "Authorization", key).statusCode())
                    .isEqualTo(200);
        } finally {
            second.close();
        }
    }

    @Test
    void givesARequestToTheLeastBusy() throws Exception {
        var second = new Backend();
        try (var gateway = two(second);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = known(gateway);
            var busy = new CountDownLatch(1);
            var release = new CountDownLatch(1);
            Backend.Handler hold = (request, wire) -> {
                busy.countDown();
                release.await(20, TimeUnit.SECONDS);
                wire.json("{}");
            };
            gateway.proxy.on("/v1/hold", hold).on("/v1/where", (request, wire) -> wire.json("\"first\""));
            second.on("/v1/hold", hold).on("/v1/where", (request, wire) -> wire.json("\"second\""));
            var held = threads.submit(() -> gateway.get("/v1/hold", "Authorization", key));
            assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();
            var other = gateway.proxy.received("/v1/hold").isEmpty() ? "\"first\"" : "\"second\"";

            for (int i = 0; i < 10; i++) {
                assertThat(gateway.get("/v1/where", "Authorization", key).body())
                        .isEqualTo(other);
            }
            release.countDown();
            assertThat(held.get().statusCode()).isEqualTo(200);
        } finally {
            second.close();
        }
    }

    @Test
    void refusesMoreThanItMayHaveUnderWay() throws Exception {
        try (var gateway = new TestGateway(Map.of("quotabank.gateway.relay.in-flight", 1));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = known(gateway);
            var busy = new CountDownLatch(1);
            var release = new CountDownLatch(1);
            gateway.proxy.on("/v1/hold", (request, wire) -> {
                busy.countDown();
                release.await(20, TimeUnit.SECONDS);
                wire.json("{}");
            });
            var held = threads.submit(() -> gateway.get("/v1/hold", "Authorization", key));
            assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();

            var refused = gateway.get("/v1/me", "Authorization", key);

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            release.countDown();
            assertThat(held.get().statusCode()).isEqualTo(200);
            assertThat(gateway.get("/v1/me", "Authorization", key).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void letsWhatIsUnderWayFinishWhenItStops() throws Exception {
        var gateway = new TestGateway(Map.of("quotabank.gateway.relay.drain", "10s"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = known(gateway);
            var busy = new CountDownLatch(1);
            var release = new CountDownLatch(1);
            gateway.proxy.on("/v1/hold", (request, wire) -> {
                wire.startStream();
                busy.countDown();
                release.await(20, TimeUnit.SECONDS);
                wire.chunk("data: last\n\n");
                wire.endStream();
            });
            var held = threads.submit(() -> gateway.get("/v1/hold", "Authorization", key));
            assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();

            var stopping = threads.submit(gateway::stop);
            Awaitility.await()
                    .until(() -> gateway.get("/v1/me", "Authorization", key).statusCode() == 503);
            release.countDown();

            assertThat(held.get().body()).isEqualTo("data: last\n\n");
            stopping.get();
        } finally {
            gateway.close();
        }
    }

    private static TestGateway two(Backend second) {
        second.on(TestGateway.LOOKUP, (request, wire) -> wire.answer(503, "text/plain", ""));
        return new TestGateway(Map.of(TestGateway.instance("proxy-service", 1), second.uri()));
    }

    private static String known(TestGateway gateway) {
        gateway.proxy.on("/v1/me", (request, wire) -> wire.json("\"first\""));
        return "Bearer " + gateway.realm.token(USER);
    }
}
