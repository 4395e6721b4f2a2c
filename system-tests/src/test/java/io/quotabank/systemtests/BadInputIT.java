package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Seller;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets a 4xx in the right error form, writes nothing, and puts no secret into a log. */
class BadInputIT {

    private static final List<String> API = List.of("/api/pool/deposits", "/api/access-keys", "/api/credits/recharge");

    private static Suite.Buyer buyer = new Suite.Buyer(new UUID(0, 0), "", "");
    private static Written before = Written.of(new UUID(0, 0));

    @BeforeAll
    static void somebody() {
        buyer = Suite.buyer("0");
        before = Written.of(buyer.userId());
    }

    static Stream<String> badBodies() {
        var model = "\"model\":\"" + STACK.model() + "\"";
        var messages = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
        return Stream.of(
                "",
                "{",
                "[]",
                "null",
                "\"text\"",
                "{" + model + "," + messages,
                "{" + model + "," + model + "," + messages + "}",
                "{\"model\":\"a\",\"model\":\"b\"," + messages + "}",
                "{\"model\":42," + messages + "}",
                "{\"model\":null," + messages + "}",
                "{" + messages + "}",
                "{" + model + ",\"stream\":\"yes\"," + messages + "}",
                "{" + model + ",\"max_tokens\":-1," + messages + "}",
                "{" + model + ",\"max_tokens\":99999999999999999999999," + messages + "}",
                "{" + model + ",\"max_tokens\":1.5," + messages + "}",
                "{" + model + ",\"max_tokens\":\"10\"," + messages + "}",
                "{" + model + ",\"max_completion_tokens\":-9223372036854775809," + messages + "}",
                "{" + model + ",\"n\":-3," + messages + "}",
                "{" + model + ",\"n\":2147483648," + messages + "}",
                "{" + model + "," + messages + "}{}",
                "{" + model + ",\"messages\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}");
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void refusesABadBodyInTheProtocolsErrorForm(String body) {
        var answer = Http.post(STACK.gateway() + "/v1/chat/completions", buyer.accessKey(), body);
        assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
        assertThat(answer.json().path("error").path("message").asString("")).isNotBlank();
        assertThat(answer.json().path("error").path("type").asString("")).isNotBlank();
        nothingWasWritten();
    }

    @Test
    void refusesBrokenUtf8() {
        var body = ("{\"model\":\"" + STACK.model() + "\",\"messages\":[{\"role\":\"user\",\"content\":\"\u0000\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < body.length; i++) {
            if (body[i] == 0) {
                body[i] = (byte) 0xff;
            }
        }
        var answer = Http.send(Http.request(STACK.gateway() + "/v1/chat/completions", buyer.accessKey())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
        assertThat(answer.status()).isEqualTo(400);
        nothingWasWritten();
    }

    @Test
    void refusesTwentyMegabytes() throws IOException {
        var answer = raw(twentyMegabytes("/v1/chat/completions", buyer.accessKey()), new byte[200_000]);
        assertThat(answer).startsWith("HTTP/1.1 413").contains("\"code\":\"request_too_large\"");
        for (var path : API) {
            var problem = raw(twentyMegabytes(path, buyer.token()), new byte[200_000]);
            assertThat(problem).as(path).startsWith("HTTP/1.1 413").contains("application/problem+json");
        }
        nothingWasWritten();
    }

    @Test
    void refusesDeepDocumentsOfTheApi() {
        for (var path : API) {
            for (var member : List.of("models", "name", "provider", "user_id", "unknown")) {
                var body = "{\"" + member + "\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
                var answer = Http.post(STACK.gateway() + path, buyer.token(), body);
                assertThat(answer.status()).as(path + " " + answer.body()).isBetween(400, 499);
                assertThat(answer.header("content-type")).startsWith("application/problem+json");
            }
        }
        nothingWasWritten();
    }

    @Test
    void refusesAHeaderBomb() throws IOException {
        var head = "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + ("X-Bomb: " + "a".repeat(1_000) + "\r\n").repeat(200)
                + "\r\n";
        assertThat(raw(head, new byte[0])).matches("(?s)HTTP/1.1 4(00|13|31) .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"user_id\":\"me\"}",
                "{\"user_id\":\"00000000-0000-0000-0000-000000000001\",\"amount\":-1,\"credits\":-5,"
                        + "\"payment_method\":\"wechat\",\"order_id\":\"x\"}",
                "{\"user_id\":\"00000000-0000-0000-0000-000000000001\",\"amount\":1,\"credits\":1e30,"
                        + "\"payment_method\":\"wechat\",\"order_id\":\"x\"}",
                "{\"user_id\":7,\"amount\":{},\"credits\":[]}",
                "{"
            })
    void refusesABadRecharge(String body) {
        var answer = Http.post(STACK.gateway() + "/api/credits/recharge", PEOPLE.token("admin"), body);
        assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(answer.json().path("code").asString("")).isNotBlank();
    }

    @Test
    void neverLogsASecret() throws Exception {
        var secret = "sk-secret-" + UUID.randomUUID();
        var owner = Suite.buyer("0");
        Suite.SANDBOX.key(secret, List.of(STACK.model()), null, 0);
        var seller = new Seller(STACK, owner.token());
        var deposit = seller.deposit(secret, List.of(STACK.model()));
        seller.post("sk-unknown-" + secret, List.of(STACK.model()), null);
        Http.post(STACK.gateway() + "/v1/chat/completions", owner.accessKey(), Map.of("model", STACK.model()));
        seller.change(deposit.keyId(), "withdraw");

        for (var service : STACK.read().path("services").properties()) {
            for (var instance : STACK.instances(service.getKey())) {
                var log = Files.readString(instance.log());
                assertThat(log).as(instance.log().toString()).doesNotContain(secret);
                assertThat(log).as(instance.log().toString()).doesNotContain(owner.accessKey());
            }
        }
    }

    private static void nothingWasWritten() {
        assertThat(Written.of(buyer.userId())).isEqualTo(before);
    }

    private static String twentyMegabytes(String path, String bearer) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + bearer
                + "\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n";
    }

    private static String raw(String head, byte[] body) throws IOException {
        var gateway = URI.create(STACK.gateway());
        try (var socket = new Socket(gateway.getHost(), gateway.getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            try {
                out.write(body);
                out.flush();
            } catch (IOException ignored) {
                // The answer may come, and the connection close, before all was sent: the answer is what is checked.
            }
            var answer = new byte[4_096];
            int read = socket.getInputStream().read(answer);
            return new String(answer, 0, Math.max(read, 0), StandardCharsets.UTF_8);
        }
    }
}
