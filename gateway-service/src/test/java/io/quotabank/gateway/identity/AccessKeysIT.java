package io.quotabank.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.gateway.TestGateway;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccessKeysIT {

    private static final UUID USER = UUID.randomUUID();

    private static TestGateway gateway(Map<String, Object> settings) {
        var gateway = new TestGateway(settings);
        gateway.proxy.on("/v1/me", (request, wire) -> wire.json("{}"));
        return gateway;
    }

    private static HttpResponse<String> call(TestGateway gateway, String key) throws Exception {
        return gateway.get("/v1/me", "Authorization", "Bearer " + key);
    }

    private static int lookups(TestGateway gateway) {
        return gateway.proxy.received(TestGateway.LOOKUP).size();
    }

    @Test
    void asksOnceForAKeyAndThenRemembersIt() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var key = gateway.accessKey(USER);

            for (int i = 0; i < 10; i++) {
                assertThat(call(gateway, key).statusCode()).isEqualTo(200);
            }

            assertThat(lookups(gateway)).isEqualTo(1);
            assertThat(gateway.proxy.received(TestGateway.LOOKUP).getFirst().text())
                    .doesNotContain(key);
        }
    }

    @Test
    void refusesAMistypedKeyWithoutAskingAnyone() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var key = gateway.accessKey(USER);
            int at = 10;
            var mistyped = key.substring(0, at) + (key.charAt(at) == 'A' ? 'B' : 'A') + key.substring(at + 1);

            for (var wrong :
                    new String[] {mistyped, key.substring(1), key + "x", "qb-", key.toLowerCase(Locale.ROOT)}) {
                var answer = call(gateway, wrong);
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.body()).contains("invalid_api_key");
                assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
            }

            assertThat(lookups(gateway)).isZero();
        }
    }

    @Test
    void asksOnceWhenManyBringTheSameNewKeyAtOnce() throws Exception {
        try (var gateway = gateway(Map.of());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = gateway.accessKey(USER);
            var together = new CountDownLatch(1);
            var calls = IntStream.range(0, 30)
                    .mapToObj(i -> threads.submit(() -> {
                        together.await();
                        return call(gateway, key).statusCode();
                    }))
                    .toList();
            together.countDown();

            assertThat(calls).extracting(Future::get).containsOnly(200);
            assertThat(lookups(gateway)).isLessThan(5);
        }
    }

    @Test
    void asksAgainWhenTheConnectionIsLostOverTheQuestion() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var first = new AtomicBoolean(true);
            gateway.proxy.on(TestGateway.LOOKUP, (request, wire) -> {
                if (first.getAndSet(false)) {
                    wire.reset();
                } else {
                    gateway.lookup(request, wire);
                }
            });

            assertThat(call(gateway, gateway.accessKey(USER)).statusCode()).isEqualTo(200);
            assertThat(lookups(gateway)).isEqualTo(2);
        }
    }

    @Test
    void refusesAnUnknownKeyAndDoesNotAskAgainAtOnce() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var unknown = AccessKeySecret.generate(new SecureRandom());

            assertThat(call(gateway, unknown).statusCode()).isEqualTo(401);
            assertThat(call(gateway, unknown).statusCode()).isEqualTo(401);

            assertThat(lookups(gateway)).isEqualTo(1);
        }
    }

    @Test
    void refusesAnExpiredKeyByItsOwnCode() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var key = gateway.accessKey(USER, System.currentTimeMillis() - 1_000);

            var answer = call(gateway, key);

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("\"code\":\"api_key_expired\"");
        }
    }

    @Test
    void noticesARevocationByTheTopicWithinASecond() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var key = gateway.accessKey(USER);
            assertThat(call(gateway, key).statusCode()).isEqualTo(200);
            await().until(gateway::following);

            gateway.announce(gateway.revoke(key));

            await().atMost(Duration.ofSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> call(gateway, key).statusCode() == 401);
            var answer = call(gateway, key);
            assertThat(answer.body()).contains("\"code\":\"api_key_revoked\"");
            assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
        }
    }

    @Test
    void passesAKeysCapOnAndItsChangeWithinASecond() throws Exception {
        try (var gateway = gateway(Map.of())) {
            var secret = gateway.accessKey(USER);
            call(gateway, secret);
            assertThat(passedOn(gateway).cap()).isNull();
            await().until(gateway::following);

            var key = gateway.wouldRevoke(secret);
            var cap = new SpendingCap(key.accessKeyId(), key.version(), new Credits(7), null, new Credits(5));
            gateway.announce(new AccessKeyRecord(
                    key.hash(), key.accessKeyId(), USER, key.version(), false, List.of(), null, cap));

            await().atMost(Duration.ofSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> {
                        assertThat(call(gateway, secret).statusCode()).isEqualTo(200);
                        assertThat(passedOn(gateway).cap()).isEqualTo(cap);
                    });
        }
    }

    private static Caller passedOn(TestGateway gateway) throws Exception {
        var token = gateway.proxy.received("/v1/me").getLast().header("authorization");
        return TestIdentity.of("proxy-service").verify(String.valueOf(token).substring("Bearer ".length()));
    }

    @Test
    void noticesARevocationWithoutTheTopicByAskingAgain() throws Exception {
        try (var gateway = gateway(Map.of("quotabank.gateway.access-keys.confirm-after", "600ms"))) {
            var key = gateway.accessKey(USER);
            assertThat(call(gateway, key).statusCode()).isEqualTo(200);

            gateway.revoke(key);

            await().atMost(Duration.ofSeconds(2)).until(() -> call(gateway, key).statusCode() == 401);
        }
    }

    @Test
    void withoutProxyKnownKeysWorkForABoundedTimeAndUnknownOnesGet503() throws Exception {
        var settings = Map.<String, Object>of(
                "quotabank.gateway.access-keys.confirm-after", "200ms",
                "quotabank.gateway.access-keys.stale-for", "3s",
                // Lookups go to one that can be taken away, requests to one that stays.
                "quotabank.gateway.relay.service", "usage-log");
        try (var gateway = gateway(settings)) {
            gateway.usageLog.on("/v1/me", (request, wire) -> wire.json("{}"));
            var key = gateway.accessKey(USER);
            var never = gateway.accessKey(USER);
            assertThat(call(gateway, key).statusCode()).isEqualTo(200);
            gateway.proxy.away();

            var unknown = call(gateway, never);
            assertThat(unknown.statusCode()).isEqualTo(503);
            assertThat(unknown.headers().firstValue("retry-after")).isPresent();
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        int status = call(gateway, key).statusCode();
                        assertThat(status).isIn(200, 503);
                        return status == 503;
                    });
            assertThat(System.nanoTime() - start).isGreaterThan(2_000_000_000L);

            gateway.proxy.back();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> call(gateway, key).statusCode() == 200);
            assertThat(call(gateway, never).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void afterAnOutageManyNewKeysAtOnceAreAllAskedFor() throws Exception {
        try (var gateway = gateway(Map.of());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var keys = IntStream.range(0, 40)
                    .mapToObj(i -> gateway.accessKey(USER))
                    .toList();
            gateway.proxy.on(TestGateway.LOOKUP, (request, wire) -> wire.reset());
            await().pollInterval(Duration.ofMillis(1)).until(() -> {
                int asked = lookups(gateway);
                assertThat(call(gateway, keys.getFirst()).statusCode()).isEqualTo(503);
                return lookups(gateway) == asked;
            });
            var together = new CountDownLatch(1);
            gateway.proxy.on(TestGateway.LOOKUP, (request, wire) -> {
                // None is answered before many are asked.
                together.await();
                gateway.lookup(request, wire);
            });

            // The first that is let through says that the pause is over; all others come while it is open.
            var first = threads.submit(() -> {
                int status = 503;
                while (status == 503) {
                    status = call(gateway, keys.getFirst()).statusCode();
                }
                return status;
            });
            int asked = lookups(gateway);
            await().pollInterval(Duration.ofMillis(1)).until(() -> lookups(gateway) > asked);
            var others = keys.stream()
                    .skip(1)
                    .map(key -> threads.submit(() -> call(gateway, key).statusCode()))
                    .toList();
            await().until(() ->
                    lookups(gateway) == asked + keys.size() || others.stream().anyMatch(Future::isDone));
            together.countDown();

            assertThat(first.get()).isEqualTo(200);
            assertThat(others).extracting(Future::get).containsOnly(200);
        }
    }

    @Test
    void aLateAnswerDoesNotBringBackARevokedKey() throws Exception {
        try (var gateway = gateway(Map.of("quotabank.gateway.access-keys.confirm-after", "400ms"))) {
            var key = gateway.accessKey(USER);
            assertThat(call(gateway, key).statusCode()).isEqualTo(200);
            await().until(gateway::following);

            // The topic knows of the revocation; what proxy-service answers is still from before it.
            var revoked = gateway.wouldRevoke(key);
            gateway.announce(revoked);
            await().until(() -> call(gateway, key).statusCode() == 401);

            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> call(gateway, key).statusCode() == 401);
        }
    }

    @Test
    void workReachesAGatewayThatHasNoBroker() throws Exception {
        try (var gateway = gateway(Map.of("spring.kafka.bootstrap-servers", "127.0.0.1:1"))) {
            assertThat(call(gateway, gateway.accessKey(USER)).statusCode()).isEqualTo(200);
            assertThat(gateway.ready()).isTrue();
        }
    }
}
