package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.Backend;
import io.quotabank.gateway.TestGateway;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
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
    void givesACallersRequestsToOneInstanceAsLongAsItHasRoom() throws Exception {
        var second = new Backend();
        try (var gateway = two(second);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = known(gateway);
            var release = new CountDownLatch(1);
            Backend.Handler hold = (request, wire) -> {
                release.await(20, TimeUnit.SECONDS);
                wire.json("{}");
            };
            gateway.proxy.on("/v1/hold", hold);
            second.on("/v1/hold", hold).on("/v1/me", (request, wire) -> wire.json("\"second\""));
            var own = gateway.get("/v1/me", "Authorization", key).body();
            for (int i = 0; i < 10; i++) {
                assertThat(gateway.get("/v1/me", "Authorization", key).body()).isEqualTo(own);
            }

            // 40 of one caller at once: 1.25 times half of them is the most that its own instance gets.
            var held = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> gateway.get("/v1/hold", "Authorization", key)))
                    .toList();
            Awaitility.await().until(() -> busy(gateway.proxy) + busy(second) == 40);
            var mine = own.equals("\"first\"") ? gateway.proxy : second;
            assertThat(busy(mine)).isEqualTo(25);

            release.countDown();
            for (var one : held) {
                assertThat(one.get().statusCode()).isEqualTo(200);
            }
        } finally {
            second.close();
        }
    }

    private static int busy(Backend backend) {
        return backend.received("/v1/hold").size();
    }

    @Test
    void sendsNothingMoreToAnInstanceThatSaysThatItLeaves() throws Exception {
        var second = new Backend();
        var leaving = new AtomicBoolean(true);
        try (var gateway = two(second)) {
            var key = known(gateway);
            gateway.proxy
                    .on("/readyz", (request, wire) -> wire.answer(leaving.get() ? 503 : 200, "text/plain", ""))
                    .on("/api/access-keys", (request, wire) -> wire.json("\"first\""));
            second.on("/v1/me", (request, wire) -> wire.json("\"second\""))
                    .on("/api/access-keys", (request, wire) -> wire.json("\"second\""));
            Awaitility.await().until(() -> gateway.proxy.received("/readyz").size() > 1);
            gateway.proxy.forget();

            for (int i = 0; i < 10; i++) {
                var caller = "Bearer " + gateway.realm.token(UUID.randomUUID());
                assertThat(gateway.get("/v1/me", "Authorization", caller).body())
                        .isEqualTo("\"second\"");
                assertThat(gateway.get("/api/access-keys", "Authorization", key).body())
                        .isEqualTo("\"second\"");
            }
            leaving.set(false);
            Awaitility.await().untilAsserted(() -> {
                var caller = "Bearer " + gateway.realm.token(UUID.randomUUID());
                assertThat(gateway.get("/v1/me", "Authorization", caller).body())
                        .isEqualTo("\"first\"");
                assertThat(gateway.get("/api/access-keys", "Authorization", key).body())
                        .isEqualTo("\"first\"");
            });
        } finally {
            second.close();
        }
    }

    @Test
    void sendsWhatChangesSomethingElsewhereWhenNoConnectionCouldBeMade() throws Exception {
        var second = new Backend();
        try (var gateway = two(second)) {
            var key = known(gateway);
            second.on("/api/access-keys", (request, wire) -> wire.json("\"made of " + request.text() + "\""));
            gateway.proxy.away();

            for (int i = 0; i < 6; i++) {
                var answer = gateway.post("/api/access-keys", "body " + i, "Authorization", key);
                assertThat(answer.body()).isEqualTo("\"made of body " + i + "\"");
            }
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
