package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelayIT {

    private static final TestGateway GATEWAY = TestGateway.shared();
    private static final UUID USER = UUID.randomUUID();
    private static final String KEY = GATEWAY.accessKey(USER, "small", "large");
    private static final String BEARER = "Bearer " + KEY;

    @Test
    void passesARequestAndItsAnswerThroughUntouched() throws Exception {
        GATEWAY.proxy.on("/v1/chat/completions", (request, wire) -> {
            wire.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Quotabank-Charge: 1.5\r\n");
            wire.write("x-request-id: 01890000-0000-7000-8000-00000000abcd\r\nContent-Length: 13\r\n\r\n");
            wire.write("{\"choices\":0}");
        });
        var body = "{\"model\":\"small\", \"messages\":[{\"content\":\"ü  \"}]}";

        var answer = GATEWAY.post("/v1/chat/completions?beta=1%2F2", body, "Authorization", BEARER, "X-Mine", "kept");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"choices\":0}");
        assertThat(answer.headers().firstValue("x-quotabank-charge")).contains("1.5");
        assertThat(answer.headers().firstValue("x-request-id")).contains("01890000-0000-7000-8000-00000000abcd");
        var seen = GATEWAY.proxy.received("/v1/chat/completions").getLast();
        assertThat(seen.target()).isEqualTo("/v1/chat/completions?beta=1%2F2");
        assertThat(seen.text()).isEqualTo(body);
        assertThat(seen.header("x-mine")).isEqualTo("kept");
    }

    @Test
    void keepsTheTraceThatARequestCameWith() throws Exception {
        GATEWAY.proxy.on("/v1/models", (request, wire) -> wire.json("{}"));
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        GATEWAY.get("/v1/models", "Authorization", BEARER, "traceparent", trace);
        assertThat(GATEWAY.proxy.received("/v1/models").getLast().header("traceparent"))
                .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
                .endsWith("-01")
                .isNotEqualTo(trace);
        var unsampled = trace.replace("-01", "-00");
        GATEWAY.get("/v1/models", "Authorization", BEARER, "traceparent", unsampled);
        assertThat(GATEWAY.proxy.received("/v1/models").getLast().header("traceparent"))
                .isEqualTo(unsampled);
        GATEWAY.get("/v1/models", "Authorization", BEARER, "traceparent", "mine");
        assertThat(GATEWAY.proxy.received("/v1/models").getLast().header("traceparent"))
                .isNotEqualTo("mine");
    }

    @Test
    void namesTheCallerByAnInternalTokenAndNothingElse() throws Exception {
        GATEWAY.proxy.on("/v1/models", (request, wire) -> wire.json("{}"));

        GATEWAY.get(
                "/v1/models",
                "Authorization",
                BEARER,
                "X-Quotabank-User",
                "someone-else",
                "X-Forwarded-For",
                "10.0.0.1",
                "X-Forwarded-Host",
                "evil",
                "Forwarded",
                "for=10.0.0.1",
                "Cookie",
                "a=b");

        var seen = GATEWAY.proxy.received("/v1/models").getLast();
        var token = String.valueOf(seen.header("authorization")).substring("Bearer ".length());
        var caller = TestIdentity.of("proxy-service").verify(token);
        assertThat(caller.userId()).isEqualTo(USER);
        assertThat(caller.roles()).containsExactly("user");
        assertThat(caller.accessKeyId()).isNotNull();
        assertThat(caller.allowedModels()).containsExactly("small", "large");
        assertThat(seen.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(seen.headers().keySet())
                .doesNotContain("x-quotabank-user", "x-forwarded-host", "forwarded", "cookie", "connection");
        assertThat(seen.header("host")).isEqualTo("127.0.0.1:" + GATEWAY.proxy.port());
    }

    @Test
    void usesOneInternalTokenForManyRequestsOfACaller() throws Exception {
        GATEWAY.proxy.on("/v1/token", (request, wire) -> wire.json("{}"));

        for (int i = 0; i < 5; i++) {
            GATEWAY.get("/v1/token", "Authorization", BEARER);
        }

        assertThat(GATEWAY.proxy.received("/v1/token").stream()
                        .map(request -> request.header("authorization"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void keepsASaneRequestIdAndMakesOneOtherwise() throws Exception {
        GATEWAY.proxy.on("/v1/ids", (request, wire) -> wire.json("{}"));

        var mine = GATEWAY.get("/v1/ids", "Authorization", BEARER, "X-Request-Id", "my-own-id-0001");
        var bad = GATEWAY.get("/v1/ids", "Authorization", BEARER, "X-Request-Id", "<script>alert(1)</script>");
        var none = GATEWAY.get("/v1/ids", "Authorization", BEARER);

        assertThat(mine.headers().firstValue("x-request-id")).contains("my-own-id-0001");
        for (var answer : List.of(bad, none)) {
            var id = UUID.fromString(answer.headers().firstValue("x-request-id").orElseThrow());
            assertThat(id.version()).isEqualTo(7);
        }
        assertThat(GATEWAY.proxy.received("/v1/ids").getFirst().header("x-request-id"))
                .isEqualTo("my-own-id-0001");
    }

    @Test
    void relaysABodyThatIsLargerThanWhatIsGathered() throws Exception {
        GATEWAY.proxy.on("/v1/large", (request, wire) -> wire.json("{\"size\":" + request.size() + "}"));
        var body = "y".repeat(3_000_000);

        var sized = GATEWAY.post("/v1/large", body, "Authorization", BEARER);

        assertThat(sized.body()).isEqualTo("{\"size\":3000000}");
        var seen = GATEWAY.proxy.received("/v1/large").getLast();
        assertThat(seen.text()).isEqualTo(body);
        assertThat(seen.header("content-length")).isEqualTo("3000000");
    }

    @Test
    void relaysChunkedBodiesSmallOnesInOnePiece() throws Exception {
        GATEWAY.proxy.on("/v1/chunked", (request, wire) -> wire.json("{\"size\":" + request.size() + "}"));
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST /v1/chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nAuthorization: " + BEARER
                    + "\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");

            assertThat(client.answer().body()).isEqualTo("{\"size\":7}");
            var seen = GATEWAY.proxy.received("/v1/chunked").getLast();
            assertThat(seen.header("content-length")).isEqualTo("7");
            assertThat(seen.text()).isEqualTo("abcdefg");

            client.say("POST /v1/chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nAuthorization: " + BEARER
                    + "\r\n\r\n");
            var part = "z".repeat(50_000);
            for (int i = 0; i < 20; i++) {
                client.say(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
            }
            client.say("0\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("{\"size\":1000000}");
        }
    }

    @Test
    void keepsModelNamesWithSlashesInBothSpellings() throws Exception {
        GATEWAY.proxy.on("/api/v1/proxy/meta/llama-3/chat/completions", (request, wire) -> wire.json("{\"ok\":true}"));

        var plain = GATEWAY.post("/api/v1/proxy/meta/llama-3/chat/completions", "{}", "Authorization", BEARER);
        var encoded = GATEWAY.post("/api/v1/proxy/meta%2Fllama-3/chat/completions", "{}", "Authorization", BEARER);

        assertThat(plain.body()).isEqualTo("{\"ok\":true}");
        assertThat(encoded.body()).isEqualTo("{\"ok\":true}");
    }

    @Test
    void answersWhatIsSentAheadInOrder() throws Exception {
        GATEWAY.proxy.on("/v1/one", (request, wire) -> wire.json("1"));
        GATEWAY.proxy.on("/v1/two", (request, wire) -> wire.json("2"));
        var head = " HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n";
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("GET /v1/one" + head + "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/two" + head
                    + "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.answer().body()).isEqualTo("1");
            assertThat(client.answer().body()).contains("Quotabank");
            assertThat(client.answer().body()).isEqualTo("2");
            assertThat(client.answer().status()).isEqualTo(404);
        }
    }

    @Test
    void sendsContinueOnlyToThoseItKnows() throws Exception {
        GATEWAY.proxy.on("/v1/expect", (request, wire) -> wire.json("{\"size\":" + request.size() + "}"));
        var head = "POST /v1/expect HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n";
        try (var client = new RawClient(GATEWAY.port())) {
            client.say(head + "Authorization: " + BEARER + "\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(100);
            client.say("abcd");
            assertThat(client.answer().body()).isEqualTo("{\"size\":4}");
        }
        try (var stranger = new RawClient(GATEWAY.port())) {
            stranger.say(head + "\r\n");
            assertThat(stranger.answer().status()).isEqualTo(401);
        }
    }

    @Test
    void closesAfterAnAnswerForAClientThatAsksSo() throws Exception {
        GATEWAY.proxy.on("/v1/last", (request, wire) -> wire.json("{}"));
        try (var client = new RawClient(GATEWAY.port())) {
            client.say(
                    "GET /v1/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + BEARER + "\r\n\r\n");

            assertThat(client.answer().headers()).containsEntry("connection", "close");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void keepsOneConnectionForManyRequests() throws Exception {
        GATEWAY.proxy.on("/v1/again", (request, wire) -> wire.json("{}"));
        try (var client = new RawClient(GATEWAY.port())) {
            int before = -1;
            for (int i = 0; i < 20; i++) {
                client.say("POST /v1/again HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nAuthorization: " + BEARER
                        + "\r\n\r\n{}");
                assertThat(client.answer().status()).isEqualTo(200);
                before = before < 0 ? GATEWAY.proxy.connections() : before;
            }
            assertThat(GATEWAY.proxy.connections()).isEqualTo(before);
        }
    }

    @Test
    void survivesManyAtOnce() throws Exception {
        GATEWAY.proxy.on("/v1/many", (request, wire) -> wire.json("{\"echo\":\"" + request.text() + "\"}"));
        var answers = new LinkedBlockingQueue<String>();
        var threads = IntStream.range(0, 50)
                .mapToObj(n -> Thread.ofVirtual().start(() -> {
                    try {
                        for (int i = 0; i < 20; i++) {
                            var text = n + "-" + i;
                            var answer = GATEWAY.post("/v1/many", text, "Authorization", BEARER);
                            answers.add(answer.body().equals("{\"echo\":\"" + text + "\"}") ? "right" : answer.body());
                        }
                    } catch (IOException | InterruptedException failed) {
                        answers.add(failed.toString());
                    }
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }

        assertThat(answers).hasSize(1_000).containsOnly("right");
    }
}
