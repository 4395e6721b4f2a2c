package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.ROLE;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.STREAM_WITH_USAGE;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.delta;
import static io.quotabank.proxy.relay.Chats.usage;
import static io.quotabank.proxy.relay.Chats.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 429, 500, 502, 503, 408, 302})
    void movesToAnotherKeyWithoutTheClientNoticing(int status) throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> call.json(status, "{\"error\":{\"message\":\"no\"}}", "location: http://127.0.0.1:1/"),
                call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        var attempts = stage.closed().attempts();
        assertThat(attempts).hasSize(2);
        assertThat(attempts.getFirst().keyId()).isNotEqualTo(attempts.getLast().keyId());
        assertThat(attempts.getFirst().served()).isEqualTo(Credits.ZERO);
    }

    @Test
    void takesASpentKeyForWhatItIsWhateverTheStatus() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> call.json(429, "{\"error\":{\"message\":\"x\",\"code\":\"insufficient_quota\"}}"),
                call -> call.json(200, answer("Hi", usage(9, 1))));

        stage.chat(REQUEST);

        assertThat(stage.closed().attempts())
                .first()
                .matches(attempt -> attempt.result().wire().equals("key_refused"));
    }

    @Test
    void answers429OnlyWhereEveryKeyIsRateLimited() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(429, "{\"error\":{\"message\":\"slow\"}}", "retry-after: 17"));

        var refused = stage.chat(REQUEST);
        assertError(refused, 429, "rate_limit_exceeded");
        assertThat(refused.headers().firstValue("retry-after")).contains("17");
        assertThat(refused.headers().firstValue("retry-after-ms"))
                .hasValueSatisfying(ms -> assertThat(Long.parseLong(ms)).isBetween(16_000L, 17_000L));
        assertThat(refused.headers().firstValue("x-should-retry")).isEmpty();

        var again = stage.chat(REQUEST);
        assertError(again, 429, "rate_limit_exceeded");
        assertThat(stage.provider.calls()).hasSize(2);
    }

    @Test
    void answers503WhereNoKeyServesTheModel() throws Exception {
        var refused = stage.chat("{\"model\":\"deep/thought\"," + MESSAGES + "}");

        assertError(refused, 503, "no_available_key");
        assertThat(refused.body())
                .contains("No deposited key serves 'deep/thought' now")
                .contains("\"param\":\"model\"");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
        assertThat(refused.headers().firstValue("retry-after")).isEmpty();
        assertThat(stage.allClosed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"30,", "60,", "61, false"})
    void saysNotToRetryWhereKeysAreOutForMoreThanAMinute(String seconds, @Nullable String shouldRetry)
            throws Exception {
        stage.provider.script(call -> call.json(500, "{}", "retry-after: " + seconds));

        var refused = stage.chat(REQUEST);

        assertError(refused, 503, "no_available_key");
        assertThat(refused.headers().firstValue("retry-after")).contains(seconds);
        assertThat(refused.headers().firstValue("x-should-retry")).isEqualTo(Optional.ofNullable(shouldRetry));
    }

    @Test
    void givesUpAfterItsBudgetOfKeys() throws Exception {
        for (int i = 0; i < 9; i++) {
            stage.addKey("sandbox");
        }
        stage.provider.script(call -> call.json(401, "{}"));

        assertError(stage.chat(REQUEST), 503, "no_available_key");
        assertThat(stage.provider.calls()).hasSize(5);
    }

    @Test
    void blamesAHostThatRefusesConnectionsAndTriesAnother() throws Exception {
        stage.provider.script(Call::cut, call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        assertThat(stage.closed().attempts())
                .extracting(attempt -> attempt.result().wire())
                .containsExactly("unreachable", "served");
    }

    @Test
    void givesUpAfterItsBudgetOfHosts() throws Exception {
        stage.provider.script(Call::cut);

        assertError(stage.chat(REQUEST), 503, "no_available_key");
        assertThat(stage.provider.calls()).hasSize(3);
    }

    @Test
    void answers503WhileTheLedgerIsAway() throws Exception {
        stage.spending.ledgerAway(true);

        var refused = stage.chat(REQUEST);

        assertError(refused, 503, "service_unavailable");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void namesWhatIsAvailableAndNeededAndSaysNotToRetry() throws Exception {
        stage.spending.balance(stage.user, new Credits(1_000));

        var refused = stage.chat("{\"model\":\"small\",\"max_tokens\":1000," + MESSAGES + "}");

        assertError(refused, 402, "insufficient_quota");
        assertThat(refused.body()).contains("0.001 available").contains("needed");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void namesWhatTheKeysCapHasLeftAndSaysNotToRetry() throws Exception {
        var cap = new Credits(cost(TokenUsage.of(9, 16)).micro());

        assertThat(stage.send(capped(cap, REQUEST)).statusCode()).isEqualTo(200);
        assertThat(stage.provider.calls().getFirst().body()).contains("\"max_tokens\":16,");
        var refused =
                stage.send(capped(new Credits(1_000), "{\"model\":\"small\",\"max_tokens\":1000," + MESSAGES + "}"));

        assertError(refused, 402, "access_key_cap_reached");
        assertThat(refused.body()).contains("cap has 0.001 credits left");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
        assertThat(stage.chat(REQUEST).statusCode()).as("with another key").isEqualTo(200);
    }

    private HttpRequest capped(Credits limit, String body) {
        var key = UUID.randomUUID();
        var cap = new SpendingCap(key, 1, limit, null, null);
        var caller = new Caller(stage.user.toString(), Set.of("user"), key, List.of(), null, null, cap);
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.port() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + TestIdentity.token(caller))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    @Test
    void takesTheTokenizersCountWhereTheBytesDoNotFit() throws Exception {
        var text = "hello ".repeat(2_000);
        var body = "{\"model\":\"small\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"" + text
                + "\"}]}";
        stage.spending.balance(stage.user, cost(TokenUsage.of(2_100, 10)));

        assertThat(stage.chat(body).statusCode()).isEqualTo(200);
    }

    @Test
    void shortensAnAnswerThatWouldNotFitWhereTheClientSetNoLimit() throws Exception {
        stage.spending.balance(stage.user, cost(TokenUsage.of(9, 100)));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        assertThat(stage.provider.calls().getFirst().body())
                .isEqualTo("{\"max_tokens\":100,\"model\":\"small\"," + MESSAGES + "}");
    }

    @Test
    void shortensToSixteenTokensAndNoFurther() throws Exception {
        stage.spending.balance(stage.user, cost(TokenUsage.of(9, 16)));
        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        assertThat(stage.provider.calls().getFirst().body()).contains("\"max_tokens\":16,");
    }

    @Test
    void refusesWhereNotEvenSixteenTokensFit() throws Exception {
        stage.spending.balance(
                stage.user, new Credits(cost(TokenUsage.of(9, 16)).micro() - 1));

        assertError(stage.chat(REQUEST), 402, "insufficient_quota");
    }

    @Test
    void withholdsUsageThatTheClientDidNotAskFor() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));

        var answered = stage.chat(STREAM);

        assertThat(answered.body()).isEqualTo(events(ROLE, delta("Hi"), FINISH, "[DONE]"));
        assertThat(answered.headers().firstValue("content-type")).contains("text/event-stream");
        assertThat(answered.headers().firstValue("x-quotabank-reserved")).isPresent();
        assertThat(answered.headers().firstValue("x-quotabank-charge")).isEmpty();
        assertThat(stage.provider.calls().getFirst().body()).contains("\"include_usage\":true");
    }

    @Test
    void tellsUsageWithItsCostToAClientThatAsked() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));

        var withCost = usageChunk(9, 1).replace("}}", ",\"cost\":0.00546}}");
        assertThat(stage.chat(STREAM_WITH_USAGE).body())
                .isEqualTo(events(ROLE, delta("Hi"), FINISH, withCost, "[DONE]"));
    }

    @Test
    void endsWithoutAnEndMarkWhereTheProviderSentNone() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH));

        assertThat(stage.chat(STREAM).body()).isEqualTo(events(ROLE, delta("Hi"), FINISH));
        assertThat(stage.closed().outcome().wire()).isEqualTo("completed");
    }

    @Test
    void fakesNoEndForAStreamThatJustStops() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi")));

        assertThat(stage.chat(STREAM).body())
                .startsWith(events(ROLE, delta("Hi")))
                .contains("upstream_error")
                .doesNotContain("[DONE]");
        assertThat(stage.closed().outcome().wire()).isEqualTo("upstream_cut");
    }

    @Test
    void alwaysStreamsUnderTheModelsAddress() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));
        var request = stage.request("/api/v1/proxy/small/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString("{" + MESSAGES + "}"))
                .build();

        assertThat(stage.send(request).body()).isEqualTo(events(ROLE, delta("Hi"), FINISH, "[DONE]"));
        assertThat(stage.provider.calls().getFirst().body())
                .isEqualTo("{\"model\":\"small\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                        + MESSAGES + "}");
    }

    @Test
    void takesAModelNameWithASlashFromTheAddress() throws Exception {
        var request = stage.request("/api/v1/proxy/deep/thought/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString("{" + MESSAGES + "}"))
                .build();

        assertThat(stage.send(request).body()).contains("no_available_key").contains("deep/thought");
    }

    @Test
    void listsModelsInTheFormThatIsAskedFor() throws Exception {
        var list = stage.send(stage.request("/v1/models").build());
        var codex = stage.send(stage.request("/v1/models?client_version=1.0").build());
        var anthropic = stage.send(stage.request("/v1/models")
                .header("anthropic-version", "2023-06-01")
                .build());

        assertThat(list.headers().firstValue("content-type")).contains("application/json");
        assertThat(list.body())
                .startsWith("{\"object\":\"list\",\"data\":[{\"id\":\"small\"")
                .doesNotContain("slug");
        assertThat(codex.body()).contains("\"models\":[{\"slug\":\"small\"");
        assertThat(anthropic.body()).contains("\"display_name\"").doesNotContain("owned_by");
        assertThat(stage.send(stage.request("/v1/models/vendor/embed").build()).body())
                .startsWith("{\"id\":\"vendor/embed\"");
        assertError(stage.send(stage.request("/v1/models/deep/thought").build()), 404, "model_not_found");
    }

    @Test
    void listsModelsForAnybodyAndForNobodyWithAWrongToken() throws Exception {
        var uri = URI.create("http://127.0.0.1:" + stage.port() + "/v1/models");

        assertThat(stage.send(HttpRequest.newBuilder(uri).build()).body()).contains("\"id\":\"small\"");
        assertError(
                stage.send(HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer x")
                        .build()),
                401,
                "invalid_api_key");
        assertError(
                stage.send(HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build()),
                405,
                "method_not_allowed");
    }

    @Test
    void sendsNobodyAListOfModelsThatTheyHave() throws Exception {
        var first = stage.send(stage.request("/v1/models").build());
        var tag = first.headers().firstValue("etag").orElseThrow();

        var again = stage.send(
                stage.request("/v1/models").header("If-None-Match", tag).build());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(stage.send(stage.request("/v1/models/small")
                                .header("If-None-Match", tag)
                                .build())
                        .statusCode())
                .isEqualTo(200);
        var head = stage.send(stage.request("/v1/models").HEAD().build());
        assertThat(head.headers().firstValue("content-length"))
                .contains(Integer.toString(first.body().length()));
        assertThat(head.body()).isEmpty();
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

    @Test
    void usesOneConnectionForOneAnswerAfterAnother() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, "[DONE]"));
        for (int i = 0; i < 3; i++) {
            stage.chat(STREAM);
        }

        assertThat(stage.provider.connections()).isEqualTo(1);
    }

    private static Credits cost(TokenUsage tokens) {
        return TestCatalog.priced(RelayStage.MODEL).atMost(tokens.input(), tokens.output(), 13_000);
    }

    private static void stream(Call call, String... events) throws IOException {
        call.stream();
        for (var event : events) {
            call.data(event);
        }
        call.end();
    }

    private static String events(String... events) {
        var text = new StringBuilder();
        for (var event : events) {
            text.append("data: ").append(event).append("\n\n");
        }
        return text.toString();
    }

    private static void assertError(HttpResponse<String> refused, int status, String code) {
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(refused.body()).startsWith("{\"error\":{\"message\":").contains("\"code\":\"" + code + "\"");
        assertThat(refused.headers().firstValue("x-request-id")).isPresent();
    }
}
