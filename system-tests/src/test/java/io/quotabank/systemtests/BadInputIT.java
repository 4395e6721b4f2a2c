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
import java.util.ArrayList;
import java.util.Base64;
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

    private static Suite.Buyer buyer = new Suite.Buyer(new UUID(0, 0), "", "");

    @BeforeAll
    static void somebody() {
        buyer = Suite.buyer("0");
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
        nothingWasSpent();
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
        nothingWasSpent();
    }

    @Test
    void refusesTwentyMegabytes() throws IOException {
        var head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + buyer.accessKey()
                + "\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n";
        assertThat(raw(head, new byte[200_000])).startsWith("HTTP/1.1 413");
        nothingWasSpent();
    }

    @Test
    void refusesAHeaderBomb() throws IOException {
        var head = "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + ("X-Bomb: " + "a".repeat(1_000) + "\r\n").repeat(200)
                + "\r\n";
        assertThat(raw(head, new byte[0])).matches("(?s)HTTP/1.1 4(00|13|31) .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/pool/keys", "/api/credits/balance/me", "/api/access-keys", "/api/usage", "/v1/models"})
    void refusesCallersItDoesNotKnow(String path) {
        var expired = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"sub\":\"x\",\"exp\":1}".getBytes(StandardCharsets.UTF_8))
                + ".AAAA";
        var none = Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
                + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(("{\"sub\":\"" + UUID.randomUUID() + "\",\"aud\":\"quotabank\"}")
                                .getBytes(StandardCharsets.UTF_8))
                + ".";
        var forged = buyer.token().substring(0, buyer.token().length() - 8) + "AAAAAAAA";
        for (var token : new String[] {null, "", "x", expired, none, forged}) {
            assertThat(Http.get(STACK.gateway() + path, token).status())
                    .as("%s with %s", path, token)
                    .isEqualTo(401);
        }
    }

    @Test
    void refusesAKeycloakTokenOfAnotherAudience() {
        var token = PEOPLE.foreignAudienceToken();
        assertThat(Http.get(STACK.gateway() + "/api/pool/keys", token).status()).isEqualTo(401);
    }

    @Test
    void hidesOtherPeoplesThings() {
        var seller = STACK.person("seller");
        var keys = Http.get(STACK.gateway() + "/api/pool/keys", PEOPLE.token("seller"))
                .json();
        var keyId = keys.path("keys").path(0).path("id").asString("");
        assertThat(keyId).as(keys.toString()).isNotBlank();
        for (var path : List.of(
                "/api/pool/keys/" + keyId,
                "/api/pool/keys/" + keyId + "/figures",
                "/api/pool/keys/" + keyId + "/audit",
                "/api/credits/balance/" + seller.userId(),
                "/api/credits/history/" + seller.userId())) {
            assertThat(Http.get(STACK.gateway() + path, buyer.token()).status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(Http.post(STACK.gateway() + "/api/pool/keys/" + keyId + "/pause", buyer.token(), "{}")
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/v1",
                "https://10.0.0.1/v1",
                "https://192.168.1.1/v1",
                "https://[::1]:9/v1",
                "https://[::ffff:10.0.0.1]/v1",
                "https://0.0.0.0/v1",
                "https://user:password@example.com/v1",
                "file:///etc/passwd",
                "gopher://example.com/",
                "not a url"
            })
    void refusesABaseUrlThatPointsInside(String baseUrl) {
        var secret = "sk-inside-" + UUID.randomUUID();
        var answer = new Seller(STACK, buyer.token()).post(secret, List.of(STACK.model()), baseUrl);
        assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
        assertThat(answer.json().path("code").asString("")).isNotBlank();
        assertThat(answer.body()).doesNotContain(secret);
    }

    @Test
    void refusesABaseUrlThatPointsAtAnotherPartOfTheSuite() {
        var stack = STACK.read();
        var parts = new ArrayList<String>();
        parts.add(stack.path("keycloak").path("url").asString());
        parts.add(stack.path("sandbox").path("control").asString());
        parts.add("http://127.0.0.1:" + stack.path("postgres").path("port").asInt());
        for (var service : stack.path("services").properties()) {
            service.getValue().forEach(instance -> {
                parts.add(instance.path("url").asString());
                parts.add(instance.path("management").asString());
            });
        }
        assertThat(parts).allMatch(part -> part.startsWith("http://127.0.0.1:"));

        for (var part : parts) {
            var secret = "sk-inside-" + UUID.randomUUID();
            var answer = new Seller(STACK, buyer.token()).post(secret, List.of(STACK.model()), part + "/v1");
            assertThat(answer.json().path("code").asString("")).as(part).isEqualTo("base_url_refused");
        }
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
        Suite.SANDBOX.key(secret, List.of(STACK.model()), null, 0);
        new Seller(STACK, buyer.token()).deposit(secret, List.of(STACK.model()));
        new Seller(STACK, buyer.token()).post("sk-unknown-" + secret, List.of(STACK.model()), null);
        Http.post(STACK.gateway() + "/v1/chat/completions", buyer.accessKey(), Map.of("model", STACK.model()));

        for (var service : STACK.read().path("services").properties()) {
            for (var instance : STACK.instances(service.getKey())) {
                var log = Files.readString(instance.log());
                assertThat(log).as(instance.log().toString()).doesNotContain(secret);
                assertThat(log).as(instance.log().toString()).doesNotContain(buyer.accessKey());
            }
        }
    }

    private static void nothingWasSpent() {
        assertThat(PEOPLE.balance(buyer.userId()).path("credits").decimalValue())
                .isEqualByComparingTo("520");
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
