package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.SANDBOX;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.systemtests.stack.Http;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The official OpenAI SDK for Node against the gateway, with nothing set but base address and key. */
class NodeSdkIT {

    private static final String CHAT = "chat.completions.create";
    private static final String OF_ITS_OWN = "gpt-4.1-nano";
    private static final Suite.Buyer BUYER = Suite.buyer("0");

    @AfterEach
    void healTheProvider() {
        SANDBOX.noFaults();
        Suite.withdrawKeys();
    }

    @Test
    void answersAChatWithItsCost() {
        var seen = create(chat(STACK.model(), 20, Map.of()));

        assertThat(seen.at("/answer/choices/0/message/content").asString()).isNotBlank();
        assertThat(seen.at("/answer/usage/completion_tokens").asLong()).isEqualTo(20);
        assertThat(seen.at("/answer/usage/cost").decimalValue()).isPositive();
    }

    @Test
    void streamsAnAnswerAndItsUsageWhenAsked() {
        var asked = Map.of("stream", true, "stream_options", Map.of("include_usage", true));
        var seen = create(chat(STACK.model(), 15, asked));

        assertThat(seen.has("error")).isFalse();
        assertThat(content(seen)).isEqualTo(15);
        assertThat(last(seen).at("/usage/completion_tokens").asLong()).isEqualTo(15);
        assertThat(last(seen).at("/usage/cost").decimalValue()).isGreaterThan(BigDecimal.ZERO);
    }

    @Test
    void passesToolsAndStructuredOutputThrough() {
        var parameters = Map.of(
                "type", "object", "properties", Map.of("city", Map.of("type", "string")), "required", List.of("city"));
        var tool = Map.of("type", "function", "function", Map.of("name", "get_weather", "parameters", parameters));
        var called = create(chat(STACK.model(), 60, Map.of("tools", List.of(tool), "tool_choice", "required")))
                .at("/answer/choices/0/message/tool_calls/0/function");
        assertThat(called.path("name").asString()).isEqualTo("get_weather");
        assertThat(Http.JSON.readTree(called.path("arguments").asString()).has("city"))
                .isTrue();

        var format = Map.of(
                "type", "json_schema", "json_schema", Map.of("name", "place", "strict", true, "schema", parameters));
        var parsed = NodeSdk.call(
                BUYER.accessKey(),
                "chat.completions.parse",
                Map.of(),
                chat(STACK.model(), 60, Map.of("response_format", format)));
        assertThat(Http.JSON
                        .readTree(parsed.at("/answer/choices/0/message/content").asString())
                        .has("city"))
                .isTrue();
    }

    /** The SDK asks for Base64 by itself and unpacks it. */
    @Test
    void unpacksEmbeddings() throws Exception {
        var model = "text-embedding-3-small";
        var apiKey = Suite.keyFor(model, 0);
        var since = System.currentTimeMillis();
        var params = Map.of("model", model, "input", List.of("Say something.", "Say more."), "dimensions", 8);
        var seen = NodeSdk.call(BUYER.accessKey(), "embeddings.create", Map.of(), params);

        assertThat(seen.at("/answer/data")).hasSize(2);
        assertThat(seen.at("/answer/data/1/embedding").valueStream().map(JsonNode::doubleValue))
                .hasSize(8)
                .allMatch(number -> number != 0 && Math.abs(number) <= 1);
        assertThat(seen.at("/answer/usage/prompt_tokens").asLong())
                .isEqualTo(Proof.served(apiKey, since).getFirst().promptTokens());
    }

    @Test
    void listsTheModelsThatCanBeCalled() {
        var list = NodeSdk.call(BUYER.accessKey(), "models.list", Map.of());
        var one = NodeSdk.call(BUYER.accessKey(), "models.retrieve", Map.of(), STACK.model());

        assertThat(list.path("items")
                        .valueStream()
                        .map(model -> model.path("id").asString()))
                .contains(STACK.model());
        assertThat(one.at("/answer/id").asString()).isEqualTo(STACK.model());
    }

    @Test
    void asksOnceWhereCreditsAreMissing() {
        var seen = create(chat("gpt-4o", 16_000, Map.of("n", 100)));

        assertThat(seen.at("/error/isApiError").asBoolean()).isTrue();
        assertThat(seen.at("/error/status").asInt()).isEqualTo(402);
        assertThat(seen.at("/error/code").asString()).isEqualTo("insufficient_quota");
        assertThat(seen.path("requests").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "401, AuthenticationError, invalid_api_key, 1",
        "404, NotFoundError, model_not_found, 1",
        "400, BadRequestError, invalid_type, 1",
        "429, RateLimitError, rate_limit_exceeded, 3",
        "503, InternalServerError, no_available_key, 3"
    })
    void raisesItsOwnErrorForEachStatus(int status, String name, String code, int requests) throws Exception {
        var seen = switch (status) {
            case 401 -> NodeSdk.call("qb-unknown", CHAT, Map.of(), chat(STACK.model(), 5, Map.of()));
            case 404 -> create(chat("no-such-model", 5, Map.of()));
            case 400 -> create(chat(STACK.model(), 5, Map.of("temperature", "hot")));
            default -> {
                Suite.keyFor(OF_ITS_OWN, 0);
                SANDBOX.fault(
                        Map.of("model", OF_ITS_OWN, "path", "/v1/chat/completions"),
                        50,
                        Map.of("kind", "status", "status", status == 429 ? 429 : 500, "retryAfterSeconds", 1));
                yield create(chat(OF_ITS_OWN, 5, Map.of()));
            }
        };

        assertThat(seen.at("/error/name").asString()).isEqualTo(name);
        assertThat(seen.at("/error/status").asInt()).isEqualTo(status);
        assertThat(seen.at("/error/code").asString(null)).isEqualTo(code);
        assertThat(seen.path("requests").asInt()).isEqualTo(requests);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "stall", "malformedChunk", "errorEvent"})
    void aStreamThatBreaksUpstreamRaisesAnErrorAndIsNotAskedForAgain(String kind) throws Exception {
        Suite.keyFor(OF_ITS_OWN, 0);
        SANDBOX.fault(Map.of("model", OF_ITS_OWN), 1, Map.of("kind", kind, "afterChunks", 4));
        var seen = create(chat(OF_ITS_OWN, 15, Map.of("stream", true)));

        assertThat(content(seen)).isEqualTo(3);
        assertThat(seen.at("/error/isApiError").asBoolean()).isTrue();
        assertThat(seen.at("/error/code").asString()).isEqualTo("upstream_error");
        assertThat(seen.path("requests").asInt()).isEqualTo(1);
    }

    private static JsonNode create(Map<String, ?> params) {
        return NodeSdk.call(BUYER.accessKey(), CHAT, Map.of(), params);
    }

    private static Map<String, Object> chat(String model, int tokens, Map<String, ?> more) {
        var params = new LinkedHashMap<String, Object>(more);
        params.put("model", model);
        params.put("max_completion_tokens", tokens);
        params.put("messages", List.of(Map.of("role", "user", "content", "Say something.")));
        return params;
    }

    /** How many events brought text. */
    private static long content(JsonNode seen) {
        return seen.path("items")
                .valueStream()
                .filter(item ->
                        !item.at("/choices/0/delta/content").asString("").isEmpty())
                .count();
    }

    private static JsonNode last(JsonNode seen) {
        return seen.path("items").get(seen.path("items").size() - 1);
    }
}
