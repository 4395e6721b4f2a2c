package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.CL100K;
import static io.quotabank.sandbox.RunningSandbox.MODEL;
import static io.quotabank.sandbox.RunningSandbox.O200K;
import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.get;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ChatIT {

    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{
            "city":{"type":"string"},"unit":{"type":"string","enum":["c","f"]},"days":{"type":"integer","minimum":2}},
            "required":["city","unit","days"]}}},{"type":"function","function":{"name":"get_time"}}]""";

    @Test
    void answersInTheFormOfOpenAi() {
        var answer = chat(key(), body(""));
        var completion = json(answer.body());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map())
                .containsKeys("x-request-id", "openai-processing-ms", "openai-version", "date");
        assertThat(completion.get("id").stringValue()).matches("chatcmpl-\\w{29}");
        assertThat(completion.get("object").stringValue()).isEqualTo("chat.completion");
        assertThat(completion.get("created").longValue()).isPositive();
        assertThat(completion.get("model").stringValue()).isEqualTo(MODEL);
        assertThat(completion.get("system_fingerprint").stringValue()).startsWith("fp_");
        assertThat(completion.at("/choices/0/index").intValue()).isZero();
        assertThat(completion.at("/choices/0/message/role").stringValue()).isEqualTo("assistant");
        assertThat(completion.at("/choices/0/message/refusal").isNull()).isTrue();
        assertThat(completion.at("/usage/total_tokens").intValue())
                .isEqualTo(usage(completion, "prompt_tokens") + usage(completion, "completion_tokens"));
        assertThat(completion.at("/usage/prompt_tokens_details/cached_tokens").intValue())
                .isZero();
        assertThat(completion
                        .at("/usage/completion_tokens_details/reasoning_tokens")
                        .isNumber())
                .isTrue();
    }

    @Test
    void saysAboutSixtyFourTokensInWholeSentencesWithoutALimit() {
        var completion = json(chat(key(), body("")).body());

        assertThat(usage(completion, "completion_tokens")).isBetween(64, 90);
        assertThat(content(completion)).endsWith(".").matches("[A-Z].*");
        assertThat(completion.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(O200K.countTokensOrdinary(content(completion))).isEqualTo(usage(completion, "completion_tokens"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 181, 182, 1000})
    void saysExactlyAsManyTokensAsAllowed(int tokens) {
        var completion = json(chat(key(), body("\"max_tokens\":" + tokens)).body());

        assertThat(usage(completion, "completion_tokens")).isEqualTo(tokens);
        assertThat(O200K.countTokensOrdinary(content(completion))).isEqualTo(tokens);
        assertThat(CL100K.countTokensOrdinary(content(completion))).isEqualTo(tokens);
        assertThat(completion.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
    }

    @Test
    void heedsTheNewerLimitBeforeTheOlder() {
        var completion = json(chat(key(), body("\"max_tokens\":50,\"max_completion_tokens\":7"))
                .body());

        assertThat(usage(completion, "completion_tokens")).isEqualTo(7);
    }

    @Test
    void countsThePromptByTheRuleForChats() {
        var body = """
                {"model":"gpt-4.1-mini","messages":[
                {"role":"system","content":"You are brief."},
                {"role":"user","name":"Ann","content":[{"type":"text","text":"Was 你好 <|endoftext|>?"}]},
                {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function",
                "function":{"name":"look","arguments":"{\\"at\\":1}"}}]}]}""";
        var expected = 3 * 3 + 3 + 1; // messages, the answer's beginning, a name
        for (var text : new String[] {
            "system", "You are brief.", "user", "Ann", "Was 你好 <|endoftext|>?", "assistant", "look", "{\"at\":1}"
        }) {
            expected += O200K.countTokensOrdinary(text);
        }

        assertThat(usage(json(chat(key(), body).body()), "prompt_tokens")).isEqualTo(expected);
    }

    @Test
    void reportsCachedTokensOfLongPromptsSeenBeforeForTheSameKey() {
        var key = key();
        var first = "{\"role\":\"user\",\"content\":\"" + "one two ".repeat(700) + "\"}";
        var body = "{\"model\":\"" + MODEL + "\",\"messages\":[" + first + "]}";
        var longer = body.replace("]}", ",{\"role\":\"user\",\"content\":\"" + "three ".repeat(500) + "\"}]}");

        assertThat(cached(chat(key, body).body())).isZero();
        assertThat(cached(chat(key, body).body())).isEqualTo(1400 / 128 * 128);
        assertThat(cached(chat(key, longer).body())).isEqualTo(1400 / 128 * 128);
        assertThat(cached(chat(key(), body).body())).isZero();
        assertThat(cached(chat(key, body("")).body())).isZero();
        assertThat(cached(chat(key, body("")).body())).isZero();
    }

    @Test
    void countsPromptsOfAnyLength() {
        var text = "one two ".repeat(100_000);
        var body = "{\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";

        var expected = O200K.countTokensOrdinary(text) + O200K.countTokensOrdinary("user") + 6;
        assertThat(usage(json(chat(key(), body).body()), "prompt_tokens")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}"})
    void callsAFunctionWhenItMust(String choice) {
        var key = key();
        var completion =
                json(chat(key, body(TOOLS + ",\"tool_choice\":" + choice)).body());

        var call = completion.at("/choices/0/message/tool_calls/0");
        assertThat(completion.at("/choices/0/finish_reason").stringValue()).isEqualTo("tool_calls");
        assertThat(completion.at("/choices/0/message/content").isNull()).isTrue();
        assertThat(call.get("id").stringValue()).startsWith("call_");
        assertThat(call.at("/function/name").stringValue()).isEqualTo("get_weather");
        var arguments = call.at("/function/arguments").stringValue();
        assertThat(json(arguments).propertyNames()).containsExactly("city", "unit", "days");
        assertThat(json(arguments).get("unit").stringValue()).isEqualTo("c");
        assertThat(json(arguments).get("days").intValue()).isEqualTo(2);
        var tokens = O200K.countTokensOrdinary("get_weather") + O200K.countTokensOrdinary(arguments);
        assertThat(usage(completion, "completion_tokens")).isEqualTo(tokens);
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(tokens);
    }

    @Test
    void saysProseWhenItMayCallAFunctionButNeedNot() {
        var completion = json(chat(key(), body(TOOLS + ",\"max_tokens\":5")).body());

        assertThat(O200K.countTokensOrdinary(content(completion))).isEqualTo(5);
    }

    @Test
    void answersBySchema() {
        var format = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"step\",\"schema\":"
                + "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"},"
                + "\"größe\":{\"const\":\"日本 \\\"x\\\"\"}},"
                + "\"required\":[\"ok\",\"größe\"]}}}";
        var completion = json(chat(key(), body(format)).body());

        assertThat(json(content(completion))).isEqualTo(json("{\"ok\":true,\"größe\":\"日本 \\\"x\\\"\"}"));
        assertThat(usage(completion, "completion_tokens")).isEqualTo(O200K.countTokensOrdinary(content(completion)));
        assertThat(completion.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
    }

    @Test
    void cutsADocumentAtTheLimitToo() {
        var completion = json(chat(key(), body("\"response_format\":{\"type\":\"json_object\"},\"max_tokens\":4"))
                .body());

        assertThat(O200K.countTokensOrdinary(content(completion))).isEqualTo(4);
        assertThat(completion.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
    }

    @Test
    void listsTheKeysModels() {
        var key = key();

        assertThat(json(get(key, "/v1/models").body())
                        .get("data")
                        .valueStream()
                        .map(model -> model.get("id").stringValue()))
                .containsExactly(MODEL, "maker/model-2");
        assertThat(json(get(key, "/v1/models/maker/model-2").body())
                        .get("object")
                        .stringValue())
                .isEqualTo("model");
        assertThat(json(get(key, "/v1/models/maker%2Fmodel-2").body()).get("id").stringValue())
                .isEqualTo("maker/model-2");
        assertThat(get(key, "/v1/models/other").statusCode()).isEqualTo(404);
    }

    @Test
    void remembersTheCallersOwnRequestId() {
        var key = key();
        var answer = chat(key, body(""));

        assertThat(onlyServed(key).get("requestId").stringValue())
                .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
        assertThat(onlyServed(key).get("clientRequestId").stringValue()).isEqualTo("from-" + key);
    }

    private static int usage(JsonNode completion, String name) {
        return completion.at("/usage/" + name).intValue();
    }

    private static int cached(String body) {
        return json(body).at("/usage/prompt_tokens_details/cached_tokens").intValue();
    }

    private static String content(JsonNode completion) {
        return completion.at("/choices/0/message/content").stringValue();
    }
}
