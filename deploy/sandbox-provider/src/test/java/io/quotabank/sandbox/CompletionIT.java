package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.O200K;
import static io.quotabank.sandbox.RunningSandbox.completion;
import static io.quotabank.sandbox.RunningSandbox.events;
import static io.quotabank.sandbox.RunningSandbox.fault;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static io.quotabank.sandbox.RunningSandbox.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CompletionIT {

    @Test
    void answersInTheFormOfOpenAiWithSixteenTokensUnlessToldOtherwise() {
        var key = key();
        var answer = completion(key, "\"prompt\":\"Was 你好?\"");
        var text = json(answer.body());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text.get("id").stringValue()).matches("cmpl-\\w{29}");
        assertThat(text.get("object").stringValue()).isEqualTo("text_completion");
        assertThat(text.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
        assertThat(text.at("/choices/0/logprobs").isNull()).isTrue();
        assertThat(O200K.countTokensOrdinary(said(text, 0))).isEqualTo(16);
        var prompt = O200K.countTokensOrdinary("Was 你好?");
        assertThat(text.get("usage"))
                .isEqualTo(json("{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":16,\"total_tokens\":"
                        + (prompt + 16) + "}"));
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("operation").stringValue()).isEqualTo("text_completion");
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"prompt\":[1,2,3] | 3 | 1",
                "\"prompt\":[[1,2,3],[4]] | 4 | 2",
                "\"prompt\":[\"one\",\" two\"] | 2 | 2",
                "\"prompt\":\"one\",\"suffix\":\" two\" | 2 | 1",
                "\"prompt\":[\"one\",\" two\"],\"n\":3 | 2 | 6",
            })
    void answersEachPromptAsOftenAsAsked(String members, int prompt, int choices) {
        var text = json(completion(key(), members + ",\"max_tokens\":5").body());

        assertThat(text.get("choices")).hasSize(choices);
        assertThat(text.get("choices")
                        .valueStream()
                        .map(each -> each.get("index").intValue()))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(text.at("/usage/prompt_tokens").intValue()).isEqualTo(prompt);
        assertThat(text.at("/usage/completion_tokens").intValue()).isEqualTo(5 * choices);
    }

    @Test
    void countsWhatItDrewAndDoesNotShow() {
        var key = key();
        var text = json(completion(key, "\"prompt\":\"one\",\"max_tokens\":5,\"n\":2,\"best_of\":7")
                .body());

        assertThat(text.get("choices")).hasSize(2);
        assertThat(text.at("/usage/completion_tokens").intValue()).isEqualTo(35);
        await().until(() -> onlyServed(key).get("completionTokens").intValue() == 35);
    }

    @Test
    void echoesThePromptAndCountsItOnce() {
        var ids = O200K.encodeOrdinary("Say \"hi\" 你好").boxed();
        var text = json(completion(key(), "\"prompt\":" + ids + ",\"echo\":true,\"max_tokens\":2")
                .body());

        assertThat(said(text, 0)).startsWith("Say \"hi\" 你好");
        assertThat(text.at("/usage/completion_tokens").intValue()).isEqualTo(2);
        var nothing = json(completion(key(), "\"prompt\":\"one\",\"echo\":true,\"max_tokens\":0")
                .body());
        assertThat(said(nothing, 0)).isEqualTo("one");
        assertThat(nothing.at("/usage/completion_tokens").intValue()).isZero();
    }

    @Test
    void stopsBeforeWhatItIsToldNotToSay() {
        var text = json(completion(key(), "\"prompt\":\"one\",\"max_tokens\":400,\"stop\":[\"never said\",\" the\"]")
                .body());

        assertThat(said(text, 0)).doesNotContain(" the");
        assertThat(text.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(text.at("/usage/completion_tokens").intValue())
                .isEqualTo(O200K.countTokensOrdinary(said(text, 0)))
                .isLessThan(400);
    }

    @Test
    void streamsEachChoiceAndTheUsageWhenAsked() {
        var key = key();
        var stream = completion(
                key,
                "\"prompt\":[\"one\",\"two\"],\"echo\":true,\"n\":2,\"max_tokens\":3,\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true}");
        var events = events(stream.body());

        assertThat(stream.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(events).hasSize(4 * 5 + 1).allSatisfy(event -> {
            assertThat(event.get("object").stringValue()).isEqualTo("text_completion");
            assertThat(event.has("usage")).isTrue();
        });
        assertThat(List.of(streamed(events, 0), streamed(events, 1))).allMatch(text -> text.startsWith("one"));
        assertThat(List.of(streamed(events, 2), streamed(events, 3))).allMatch(text -> text.startsWith("two"));
        assertThat(O200K.countTokensOrdinary(streamed(events, 3).substring(3))).isEqualTo(3);
        assertThat(events.getLast().get("choices")).isEmpty();
        assertThat(events.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(12);
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(12);
    }

    @Test
    void streamsWithoutUsageUnlessAsked() {
        var events = events(completion(key(), "\"prompt\":\"one\",\"max_tokens\":3,\"stream\":true")
                .body());

        assertThat(events).hasSize(4).noneMatch(event -> event.has("usage"));
    }

    @Test
    void suffersFaultsLikeOthers() {
        var key = key();
        fault(key, "{\"kind\":\"malformedChunk\",\"afterChunks\":2}", ",\"times\":1");
        var lines = completion(key, "\"prompt\":\"one\",\"max_tokens\":3,\"stream\":true")
                .body();
        assertThat(RunningSandbox.data(lines.lines())).hasSize(6);
        fault(key, "{\"kind\":\"omitUsage\"}", ",\"times\":1");
        assertThat(json(completion(key, "\"prompt\":\"one\"").body()).has("usage"))
                .isFalse();
        fault(key, "{\"kind\":\"status\",\"status\":500}", ",\"times\":1");
        assertThat(completion(key, "\"prompt\":\"one\"").statusCode()).isEqualTo(500);
        assertThat(served(key).get("requests")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"x\":1 | prompt | missing_required_parameter",
                "\"prompt\":{} | prompt | invalid_type",
                "\"prompt\":[[\"a\"]] | prompt | invalid_type",
                "\"prompt\":\"a\",\"max_tokens\":-1 | max_tokens | integer_below_min_value",
                "\"prompt\":\"a\",\"n\":0 | n | integer_below_min_value",
                "\"prompt\":\"a\",\"n\":3,\"best_of\":2 | best_of | invalid_value",
                "\"prompt\":\"a\",\"best_of\":21 | best_of | integer_above_max_value",
                "\"prompt\":\"a\",\"best_of\":2,\"stream\":true | best_of | invalid_value",
                "\"prompt\":\"a\",\"logprobs\":6 | logprobs | integer_above_max_value",
                "\"prompt\":\"a\",\"stop\":7 | stop | invalid_value",
                "\"prompt\":\"a\",\"stop\":[] | stop | invalid_value",
                "\"prompt\":[\"a\",\"b\"],\"n\":65 | prompt | invalid_value",
                "\"prompt\":[\"a\",\"b\"],\"max_tokens\":64001 | max_tokens | integer_above_max_value",
            })
    void refusesWhatIsWrong(String members, String param, String code) {
        var key = key();
        var refused = completion(key, members);

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(json(refused.body()).at("/error/param").stringValue()).isEqualTo(param);
        assertThat(json(refused.body()).at("/error/code").stringValue()).isEqualTo(code);
        assertThat(served(key).get("requests")).isEmpty();
    }

    private static String said(JsonNode answer, int choice) {
        return answer.at("/choices/" + choice + "/text").stringValue();
    }

    private static String streamed(List<JsonNode> events, int index) {
        var text = new StringBuilder();
        events.stream()
                .filter(event -> event.at("/choices/0/index").asInt(-1) == index)
                .forEach(event -> text.append(event.at("/choices/0/text").stringValue()));
        return text.toString();
    }
}
