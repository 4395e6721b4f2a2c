package io.quotabank.gateway.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoorIT {

    private static final TestGateway GATEWAY = new TestGateway(Map.of(
            "quotabank.gateway.door.header-timeout", "400ms",
            "quotabank.gateway.door.body-timeout", "600ms",
            "quotabank.gateway.door.idle-timeout", "1500ms",
            "quotabank.gateway.door.linger-timeout", "500ms",
            "quotabank.gateway.relay.time-limit", "1s"));

    private static final String BEARER = "Bearer " + GATEWAY.accessKey(UUID.randomUUID());
    private static final String KEY_LINE = "Authorization: " + BEARER + "\r\n";

    @AfterAll
    static void close() {
        GATEWAY.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/internal/leases",
                "/internal/access-keys/lookup",
                "/actuator",
                "/actuator/health",
                "/actuator/prometheus",
                "//actuator/env",
                "/%61ctuator/env",
                "/v1/../actuator/env",
                "/v1/%2e%2e/internal/leases",
                "/v1/..;/internal/leases",
                "/v1/..%2finternal%2fleases",
                "/api/../internal/leases",
                "/api/pool/../../internal/leases",
                "/api/pool/%2e%2e/%2e%2e/actuator/env",
                "/api/v1/proxy/../../../internal/leases",
                "/api/internal/leases",
                "/api/access-keys/..;/..;/internal/leases",
                "/.//internal/leases",
                "http://127.0.0.1/internal/leases"
            })
    void nothingInternalIsReachableHoweverItIsSpelled(String target) throws Exception {
        GATEWAY.proxy.on("/v1/warm", (request, wire) -> wire.json("{}"));
        GATEWAY.get("/v1/warm", "Authorization", BEARER);
        GATEWAY.proxy.forget();
        var token = GATEWAY.realm.token(UUID.randomUUID(), "user", "admin", "service");
        try (var client = new RawClient(GATEWAY.port())) {
            for (var credentials : new String[] {KEY_LINE, "Authorization: Bearer " + token + "\r\n"}) {
                client.say("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + credentials + "\r\n");

                assertThat(client.answer().status()).isIn(400, 403, 404);
            }
        }
        assertThat(GATEWAY.proxy.received()).isEmpty();
        assertThat(GATEWAY.pool.received()).isEmpty();
        assertThat(GATEWAY.ledger.received()).isEmpty();
    }

    @Test
    void refusesHeaderBombs() throws Exception {
        for (var bomb : new String[] {"X-A: " + "a".repeat(20_000) + "\r\n", "X-A: a\r\n".repeat(150)}) {
            try (var client = new RawClient(GATEWAY.port())) {
                client.say("GET /v1/models HTTP/1.1\r\nHost: x\r\n" + KEY_LINE + bomb + "\r\n");

                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(431);
                assertThat(answer.body()).contains("\"error\"").contains("invalid_request");
                assertThat(answer.headers()).containsKey("x-request-id");
            }
        }
    }

    @Test
    void refusesAnAddressThatIsTooLong() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/models?" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(414);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
                "Content-Length: 4, 5\r\n\r\nabcd",
                "Content-Length: +4\r\n\r\nabcd",
                "Content-Length: -1\r\n\r\nabcd",
                "Content-Length: 0x4\r\n\r\nabcd",
                "Content-Length: 99999999999999999999\r\n\r\nabcd",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
                "Host: y\r\nContent-Length: 0\r\n\r\n",
                "Authorization: Bearer x\r\nContent-Length: 0\r\n\r\n",
                "Expect: something\r\nContent-Length: 0\r\n\r\n",
                "X-A: b\r\n folded: c\r\nContent-Length: zero\r\n\r\n",
                "X A: b\r\n\r\n",
                ": b\r\n\r\n"
            })
    void refusesFramingThatTwoServersCouldReadInTwoWays(String rest) throws Exception {
        GATEWAY.proxy.on("/v1/smuggle", (request, wire) -> wire.json("{}"));
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST /v1/smuggle HTTP/1.1\r\nHost: x\r\n" + KEY_LINE + rest);

            assertThat(client.answer().status()).isEqualTo(400);
        }
        assertThat(GATEWAY.proxy.received("/v1/smuggle")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GARBAGE\r\n\r\n", "GET /v1/models HTTP/9.9\r\nHost: x\r\n\r\n", "\u0016\u0003\u0001\r\n\r\n"})
    void answersWhatIsNotHttpWith400AndCloses(String bytes) throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say(bytes);

            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void wantsAHost() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/models HTTP/1.1\r\n" + KEY_LINE + "\r\n");

            assertThat(client.answer().status()).isEqualTo(400);
        }
    }

    @Test
    void refusesTraceAndConnect() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("TRACE /v1/models HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(405);
        }
    }

    @Test
    void refusesABodyThatSaysItIsTooLargeBeforeItComes() throws Exception {
        GATEWAY.proxy.on("/v1/huge", (request, wire) -> wire.json("{}"));
        for (var path : new String[] {"/v1/huge", "/api/pool/deposits"}) {
            try (var client = new RawClient(GATEWAY.port())) {
                client.say("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + KEY_LINE + "Content-Length: 20000000\r\n\r\n");

                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.body()).contains("request_too_large");
                assertThat(answer.headers())
                        .containsEntry("connection", "close")
                        .containsKey("x-request-id");
            }
        }
        assertThat(GATEWAY.proxy.received("/v1/huge")).isEmpty();
    }

    @Test
    void takesAPriceFileThatIsLargerThanOtherBodies() throws Exception {
        GATEWAY.pool.on("/api/catalog/imports", (request, wire) -> wire.json("{}"));
        var token = "Authorization: Bearer " + GATEWAY.realm.token(UUID.randomUUID()) + "\r\n";
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST /api/catalog/imports?models=a HTTP/1.1\r\nHost: x\r\n" + token
                    + "Content-Length: 3000000\r\n\r\n" + " ".repeat(3_000_000));

            assertThat(client.answer().status()).isEqualTo(200);
        }
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST /api/catalog/imports HTTP/1.1\r\nHost: x\r\n" + token + "Content-Length: 9000000\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void refusesABodyThatTurnsOutTooLarge() throws Exception {
        var token = "Authorization: Bearer " + GATEWAY.realm.token(UUID.randomUUID()) + "\r\n";
        for (var path : new String[] {"/v1/growing", "/api/pool/growing"}) {
            try (var client = new RawClient(GATEWAY.port())) {
                client.say("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + token + "Transfer-Encoding: chunked\r\n\r\n");
                sendChunks(client, 20_000_000);

                assertThat(client.answer().status()).isEqualTo(413);
            }
        }
        assertThat(GATEWAY.proxy.received("/v1/growing")).isEmpty();
        assertThat(GATEWAY.pool.received("/api/pool/growing")).isEmpty();
    }

    private static void sendChunks(RawClient client, int bytes) {
        var part = new byte[100_000];
        try {
            for (int sent = 0; sent < bytes; sent += part.length) {
                client.say(Integer.toHexString(part.length) + "\r\n")
                        .say(part, part.length)
                        .say("\r\n");
            }
            client.say("0\r\n\r\n");
        } catch (IOException refused) {
            // The door may close before everything is sent; what it said is still to be read.
        }
    }

    @Test
    void readsTheRestOfARefusedRequestSoThatTheAnswerArrives() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
            client.say(new byte[3_000_000], 3_000_000);

            assertThat(client.answer().status()).isEqualTo(401);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void usesOneConnectionForRelayedAndRoutedRequestsInTurn() throws Exception {
        GATEWAY.proxy.on("/v1/turn", (request, wire) -> wire.json("\"relayed " + request.text() + "\""));
        GATEWAY.pool.on("/api/pool/deposits", (request, wire) -> wire.json("\"routed " + request.text() + "\""));
        var token = "Authorization: Bearer " + GATEWAY.realm.token(UUID.randomUUID()) + "\r\n";
        try (var client = new RawClient(GATEWAY.port())) {
            for (int i = 0; i < 10; i++) {
                client.say("POST /v1/turn HTTP/1.1\r\nHost: x\r\n" + token + "Content-Length: 1\r\n\r\n" + i);
                assertThat(client.answer().body()).isEqualTo("\"relayed " + i + "\"");
                client.say("POST /api/pool/deposits HTTP/1.1\r\nHost: x\r\n" + token + "Content-Length: 1\r\n\r\n");
                client.say(String.valueOf(i));
                assertThat(client.answer().body()).isEqualTo("\"routed " + i + "\"");
            }
        }
    }

    @Test
    void everyAnswerCarriesARequestId() throws Exception {
        for (var path : new String[] {"/", "/health", "/nowhere", "/v1/models", "/api/usage", "/api/nothing"}) {
            assertThat(GATEWAY.get(path).headers().firstValue("x-request-id"))
                    .as(path)
                    .isPresent();
        }
    }
}
