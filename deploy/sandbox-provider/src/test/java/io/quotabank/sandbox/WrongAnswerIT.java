package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.STREAM;
import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.events;
import static io.quotabank.sandbox.RunningSandbox.fault;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static io.quotabank.sandbox.RunningSandbox.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;

/** Answers that are not what a provider should send. */
class WrongAnswerIT {

    @Test
    void beginsAStreamWithAnError() {
        var key = key();
        fault(key, "{\"kind\":\"errorEvent\"}", "");

        var stream = chat(key, body(STREAM));
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(events(stream.body()))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.at("/error/type").stringValue()).isEqualTo("server_error"));
        var whole = chat(key, body(""));
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(json(whole.body()).at("/error/type").stringValue()).isEqualTo("server_error");
        assertThat(served(key).get("requests")).isEmpty();
    }

    @Test
    void tellsAnErrorInTheMiddleOfAStream() {
        var key = key();
        fault(key, "{\"kind\":\"errorEvent\",\"afterChunks\":3}", "");

        var events = events(chat(key, body(STREAM)).body());
        assertThat(events).hasSize(4);
        assertThat(events.getLast().at("/error/type").stringValue()).isEqualTo("server_error");
        await().until(() -> !onlyServed(key).get("open").booleanValue());
        assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(2);
    }

    @Test
    void putsALineThatIsNoJsonIntoAStream() {
        var key = key();
        fault(key, "{\"kind\":\"malformedChunk\",\"afterChunks\":3}", "");

        var data = RunningSandbox.data(chat(key, body(STREAM)).body().lines());
        assertThat(data).hasSize(13).endsWith("[DONE]");
        assertThatThrownBy(() -> json(data.get(3))).isInstanceOf(JacksonException.class);
        assertThat(data.get(4)).contains("content");
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(8);
        var whole = chat(key, body("\"max_tokens\":8"));
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> json(whole.body())).isInstanceOf(JacksonException.class);
    }

    @Test
    void leavesUsageOut() {
        var key = key();
        fault(key, "{\"kind\":\"omitUsage\"}", "");

        assertThat(events(chat(key, body(STREAM)).body())).noneMatch(event -> event.has("usage"));
        var whole = json(chat(key, body("\"max_tokens\":8")).body());
        assertThat(whole.has("usage")).isFalse();
        assertThat(whole.has("choices")).isTrue();
        await().untilAsserted(() -> assertThat(
                        served(key).at("/totals/0/completionTokens").intValue())
                .isEqualTo(16));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"factor\":2.5 | 22 | 20",
                "\"promptTokens\":1000000 | 1000000 | 8",
                "\"completionTokens\":0,\"factor\":2 | 18 | 0"
            })
    void tellsAnotherUsageThanTheOneItKeeps(String members, int prompt, int completion) {
        for (var form : new String[] {"\"max_tokens\":8", STREAM}) {
            var key = key();
            fault(key, "{\"kind\":\"wrongUsage\"," + members + "}", "");
            var body = chat(key, body(form)).body();
            var usage = (form.equals(STREAM) ? events(body).getLast() : json(body)).get("usage");

            assertThat(usage.get("prompt_tokens").intValue()).isEqualTo(prompt);
            assertThat(usage.get("completion_tokens").intValue()).isEqualTo(completion);
            assertThat(usage.get("total_tokens").intValue()).isEqualTo(prompt + completion);
            await().until(() -> onlyServed(key).get("finished").booleanValue());
            assertThat(onlyServed(key).get("promptTokens").intValue()).isEqualTo(9);
            assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(8);
        }
    }

    @Test
    void tellsItsUsageTwice() {
        var key = key();
        fault(key, "{\"kind\":\"doubleUsage\",\"factor\":3}", "");

        var told = events(chat(key, body(STREAM)).body()).stream()
                .filter(event -> event.hasNonNull("usage"))
                .map(event -> event.at("/usage/completion_tokens").intValue());
        assertThat(told).containsExactly(8, 24);
        assertThat(chat(key, body("\"max_tokens\":8")).body().split("\"usage\":"))
                .hasSize(3);
    }
}
