package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.assertError;
import static io.quotabank.proxy.relay.Chats.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client of {@code /v1} sees, and what a provider sees of it. */
class RelayServletTests {

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
        stage.provider.script(call -> call.json(200, answer("Hi", usage(9, 1)), "x-request-id: up-1"));
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void refusesACallerWithoutAValidToken() throws Exception {
        for (var token : new String[] {"", "Bearer x", "Bearer " + TestIdentity.user(stage.user) + "x", "Basic eA=="}) {
            var request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + stage.port() + "/v1/chat/completions"))
                    .header("Authorization", token)
                    .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
                    .build();
            assertError(stage.send(request), 401, "invalid_api_key");
        }
        assertThat(stage.provider.calls()).isEmpty();
    }

    @Test
    void refusesAServiceThatIsNoPerson() throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.port() + "/v1/models"))
                .header("Authorization", "Bearer " + TestIdentity.service("pool-service"))
                .build();

        assertError(stage.send(request), 403, "forbidden");
    }

    @Test
    void refusesAModelThatTheKeyMayNotCall() throws Exception {
        var caller = new Caller(stage.user.toString(), Set.of("user"), UUID.randomUUID(), List.of("other"), null, null);
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.port() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + TestIdentity.token(caller))
                .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
                .build();

        assertError(stage.send(request), 403, "model_not_allowed");
    }

    @Test
    void refusesAModelWithoutAPrice() throws Exception {
        assertError(stage.chat("{\"model\":\"unheard-of\"," + MESSAGES + "}"), 404, "model_not_found");
    }

    @Test
    void refusesABodyThatIsTooLargeOrMalformedOrOfNoModel() throws Exception {
        assertError(stage.chat("{\"model\":\"" + "x".repeat(10 << 20) + "\"}"), 413, "request_too_large");
        assertError(stage.chat("{\"model\":"), 400, "invalid_request");
        assertError(stage.chat("{" + MESSAGES + "}"), 400, "invalid_request");
        assertThat(stage.provider.calls()).isEmpty();
        assertThat(stage.allClosed()).isEmpty();
    }

    @Test
    void saysWhatThereIsNotInOpenAisForm() throws Exception {
        assertError(stage.send(stage.request("/v1/nothing").build()), 404, "not_found");
        assertError(stage.send(stage.request("/v1/chat/completions").build()), 405, "method_not_allowed");
        assertError(stage.send(stage.request("/api/v1/proxy/chat/completions").build()), 404, "not_found");
    }

    @Test
    void passesAnAnswerOnWithItsCostAndHeaders() throws Exception {
        var answered = stage.chat(REQUEST, "x-request-id", "client-id-1");

        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.body()).isEqualTo(answer("Hi", usage(9, 1).replace("}", ",\"cost\":0.00546}")));
        var headers = answered.headers();
        assertThat(headers.firstValue("x-quotabank-model")).contains("small");
        assertThat(headers.firstValue("x-quotabank-charge")).contains("0.00546");
        assertThat(headers.firstValue("x-quotabank-balance")).contains("999.99454");
        assertThat(headers.firstValue("x-upstream-request-id")).contains("up-1");
        var closed = stage.closed();
        assertThat(headers.firstValue("x-request-id"))
                .contains(closed.requestId().toString());
        assertThat(closed.clientRequestId()).isEqualTo("client-id-1");
        assertThat(closed.attempts().getFirst().upstreamRequestId()).isEqualTo("up-1");
    }

    @Test
    void sendsTheProviderTheClientsBytesAndNothingOfItsIdentity() throws Exception {
        var body = "{ \"model\" : \"small\" , \"unknown\":[1.50,{}], " + MESSAGES + " }";
        stage.chat(
                body,
                "Cookie",
                "session=1",
                "X-Forwarded-For",
                "10.1.2.3",
                "X-Quotabank-User",
                "u",
                "OpenAI-Organization",
                "org-mine",
                "OpenAI-Beta",
                "assistants=v2",
                "x-request-id",
                "client-id-1");

        var call = stage.provider.calls().getFirst();
        assertThat(call.target()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
        assertThat(call.body()).isEqualTo(body);
        assertThat(call.header("authorization")).isEqualTo("Bearer " + RelayStage.SECRET);
        assertThat(call.header("x-client-request-id")).isEqualTo("client-id-1");
        assertThat(call.header("openai-beta")).isEqualTo("assistants=v2");
        assertThat(call.headers())
                .doesNotContainKeys(
                        "cookie", "x-forwarded-for", "x-quotabank-user", "openai-organization", "x-request-id");
    }

    @Test
    void tellsAProviderTheOutputLimitByTheNameThatItReads() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hi", usage(10, 2))));

        stage.chat("{\"model\":\"small\",\"max_completion_tokens\":7," + MESSAGES + "}");

        assertThat(stage.provider.calls().getFirst().body())
                .contains("\"max_tokens\":7")
                .contains("\"max_completion_tokens\":7");
    }

    @Test
    void leavesAnInsaneRequestIdBehind() throws Exception {
        stage.chat(REQUEST, "x-request-id", "a b");

        assertThat(stage.provider.calls().getFirst().headers()).doesNotContainKey("x-client-request-id");
        assertThat(stage.closed().clientRequestId()).isNull();
    }

    @Test
    void passesARefusalOnAndHidesKeyHostAndAccount() throws Exception {
        var refusal = "{\"error\":{\"message\":\"" + RelayStage.SECRET + " at " + stage.provider.authority()
                + " of org-AbCdEfGh12345\",\"x\":\"\u00e9\"}}";
        stage.provider.script(call -> call.json(422, refusal));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .isEqualTo("{\"error\":{\"message\":\"[key] at [provider] of [account]\",\"x\":\"é\"}}");
    }

    @Test
    void takesAModelNameWithASlashFromTheAddress() throws Exception {
        var request = stage.request("/api/v1/proxy/deep/thought/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString("{" + MESSAGES + "}"))
                .build();

        assertThat(stage.send(request).body()).contains("no_available_key").contains("deep/thought");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completion, /v1/chat/completions",
        "/v1/chat, /v1/chat/completions",
        "/v1/completion, /v1/completions",
        "/v1/engines/x/embeddings, /v1/embeddings",
        "/v1/embed, /v1/embeddings",
        "/v1/model, /v1/models",
        "/v1/chat/completions/chat/completions, /v1/chat/completions",
        "/api/v1/proxy/x/embedding, /api/v1/proxy/{model}/embeddings",
        "/api/v1/proxy/x, /api/v1/proxy/{model}/chat/completions"
    })
    void namesTheAddressThatWasMeant(String path, String meant) throws Exception {
        var refused = stage.post(path, "{}");

        assertError(refused, 404, "not_found");
        assertThat(refused.body()).contains("did you mean " + meant + "?");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void tellsClientsNotToRetryWhatAProviderRefusesForGood() throws Exception {
        stage.provider.script(call -> call.json(409, "{\"error\":{\"message\":\"no\"}}"));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }
}
