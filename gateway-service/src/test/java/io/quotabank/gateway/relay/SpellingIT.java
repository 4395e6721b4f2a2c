package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.gateway.RawClient;
import io.quotabank.gateway.TestGateway;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as clients write them, and what can be had without credentials. */
class SpellingIT {

    private static final TestGateway GATEWAY = new TestGateway(Map.of("quotabank.gateway.relay.public-models", "3"));
    private static final String KEY = GATEWAY.accessKey(UUID.randomUUID());
    private static final String BEARER = "Bearer " + KEY;

    @BeforeEach
    void serve() {
        GATEWAY.proxy.on("/v1/models", (request, wire) -> {
            if (request.method().equals("HEAD")) {
                wire.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\netag: \"a\"\r\n\r\n");
            } else {
                wire.json("{}");
            }
        });
        GATEWAY.proxy.on("/v1/chat/completions", (request, wire) -> wire.json("{}"));
        GATEWAY.proxy.forget();
    }

    @AfterAll
    static void close() {
        GATEWAY.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chat/completions",
                "/v1/v1/chat/completions",
                "/v1//chat/completions",
                "//v1/chat/completions/",
                "/v1/chat/completions"
            })
    void rewritesAndNeverRedirects(String path) throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("POST " + path + "?a=b HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER
                    + "\r\nContent-Length: 2\r\n\r\n{}");

            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(GATEWAY.proxy.received().getLast().target()).isEqualTo("/v1/chat/completions?a=b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/chat/completions", "/openai/v1/chat/completions", "/V1/chat/completions"})
    void namesTheRightAddressInTheProtocolsForm(String path) throws Exception {
        var refused = GATEWAY.post(path, "{}", "Authorization", BEARER);

        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.headers().firstValue("content-type")).contains("application/json");
        assertThat(refused.body())
                .startsWith("{\"error\":{")
                .contains("\"code\":\"not_found\"")
                .contains("did you mean /v1/chat/completions?");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
        assertThat(GATEWAY.proxy.received()).isEmpty();
    }

    @Test
    void listsModelsWithoutCredentialsAFewTimesAMinute() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(GATEWAY.get("/models").statusCode()).isEqualTo(200);
        }
        assertThat(GATEWAY.proxy.received("/v1/models"))
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));

        var refused = GATEWAY.get("/v1/models");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).startsWith("{\"error\":{").contains("rate_limit_exceeded");
        assertThat(refused.headers().firstValue("retry-after")).contains("60");
        assertThat(refused.headers().firstValue("retry-after-ms")).contains("60000");
        assertThat(GATEWAY.get("/v1/models", "Authorization", BEARER).statusCode())
                .isEqualTo(200);
    }

    @Test
    void takesWrongCredentialsForWrongWhateverIsAsked() throws Exception {
        assertThat(GATEWAY.get("/v1/models", "Authorization", "Bearer qb-wrong").statusCode())
                .isEqualTo(401);
        assertThat(GATEWAY.get("/v1/models", "x-api-key", "qb-wrong").statusCode())
                .isEqualTo(401);
        assertThat(GATEWAY.post("/v1/models", "{}").statusCode()).isEqualTo(401);
        assertThat(GATEWAY.get("/v1/modelsx").statusCode()).isEqualTo(401);
        assertThat(GATEWAY.post("/v1/chat/completions", "{}").statusCode()).isEqualTo(401);
        assertThat(GATEWAY.proxy.received("/v1/models")).isEmpty();
    }

    @Test
    void takesTheKeyWhereAnthropicsClientsPutItAndKeepsItToItself() throws Exception {
        assertThat(GATEWAY.get("/v1/models", "x-api-key", KEY).statusCode()).isEqualTo(200);

        var seen = GATEWAY.proxy.received("/v1/models").getLast();
        assertThat(seen.headers()).doesNotContainKey("x-api-key");
        assertThat(seen.header("authorization")).startsWith("Bearer ").doesNotContain(KEY);
    }

    @Test
    void answersHeadWithoutABodyAndGoesOn() throws Exception {
        try (var client = new RawClient(GATEWAY.port())) {
            client.say("HEAD /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n");
            var head = client.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).containsEntry("content-length", "20").containsEntry("etag", "\"a\"");

            client.say("GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: " + BEARER + "\r\n\r\n");
            assertThat(client.answer().body()).isEqualTo("{}");
        }
    }
}
