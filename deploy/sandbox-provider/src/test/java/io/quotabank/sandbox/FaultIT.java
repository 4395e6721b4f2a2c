package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.control;
import static io.quotabank.sandbox.RunningSandbox.events;
import static io.quotabank.sandbox.RunningSandbox.fault;
import static io.quotabank.sandbox.RunningSandbox.get;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static io.quotabank.sandbox.RunningSandbox.served;
import static io.quotabank.sandbox.RunningSandbox.socket;
import static io.quotabank.sandbox.RunningSandbox.wire;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class FaultIT {

    private static final String STREAM = "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":8";

    @ParameterizedTest
    @ValueSource(strings = {"\"max_tokens\":8", STREAM})
    void answersWithAStatusAsOftenAsSaid(String members) {
        var key = key();
        fault(key, "{\"kind\":\"status\",\"status\":429,\"retryAfterSeconds\":3}", ",\"times\":2");

        for (var i = 0; i < 2; i++) {
            var refused = chat(key, body(members));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).hasValue("3");
            assertThat(json(refused.body()).at("/error/code").stringValue()).isEqualTo("rate_limit_exceeded");
        }
        assertThat(chat(key, body(members)).statusCode()).isEqualTo(200);
        assertThat(served(key).get("requests")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request_error,",
        "401,invalid_request_error,invalid_api_key",
        "402,unknown_error,invalid_request_error",
        "500,server_error,",
        "503,server_error,",
        "418,invalid_request_error,",
        "599,server_error,"
    })
    void givesEachStatusItsUsualError(int status, String type, String code) {
        var key = key();
        fault(key, "{\"kind\":\"status\",\"status\":" + status + "}", "");

        var refused = chat(key, body(""));
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(refused.headers().firstValue("retry-after")).isEmpty();
        assertThat(json(refused.body()).at("/error/type").stringValue()).isEqualTo(type);
        assertThat(json(refused.body()).at("/error/code").asString(null)).isEqualTo(code);
    }

    @Test
    void givesAStatusTheCodeThatIsAskedFor() {
        var key = key();
        fault(key, "{\"kind\":\"status\",\"status\":401,\"code\":\"account_deactivated\"}", "");

        assertThat(json(chat(key, body("")).body()).at("/error/code").stringValue())
                .isEqualTo("account_deactivated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"max_tokens\":8", STREAM})
    void answersLateButWell(String members) {
        var key = key();
        fault(key, "{\"kind\":\"delay\",\"ms\":300}", "");

        var before = System.nanoTime();
        assertThat(chat(key, body(members)).statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(300_000_000L);
        assertThat(onlyServed(key).get("promptTokens").intValue()).isEqualTo(9);
    }

    @Test
    void servesNothingToAClientThatLeftDuringADelay() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"delay\",\"ms\":100}", "");
        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body("")));
        }
        // Delayed as long and sent later: when this is answered, the other would have been.
        assertThat(chat(key, body("")).statusCode()).isEqualTo(200);

        await().untilAsserted(() ->
                assertThat(onlyServed(key).get("finished").booleanValue()).isTrue());
        assertThat(onlyServed(key).get("clientRequestId").stringValue()).isEqualTo("from-" + key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"refuse", "reset"})
    void resetsTheConnectionWithoutAnAnswer(String kind) throws Exception {
        for (var members : new String[] {"\"max_tokens\":8", STREAM}) {
            var key = key();
            fault(key, "{\"kind\":\"" + kind + "\"}", "");
            try (var socket = socket()) {
                socket.getOutputStream().write(wire(key, "1.1", body(members)));
                assertThatThrownBy(() -> socket.getInputStream().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
            assertThat(served(key).get("requests")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "4,3"})
    void cutsAStreamAfterSoManyChunks(int chunks, int tokens) throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"cut\",\"afterChunks\":" + chunks + "}", "");

        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body(STREAM)));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 200 OK")
                    .doesNotContain("[DONE]")
                    .doesNotEndWith("0\r\n\r\n");
            assertThat(answer.split("data: ")).hasSize(chunks + 1);
        }
        await().until(() -> !onlyServed(key).get("open").booleanValue());
        assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(tokens);
    }

    @Test
    void cutsAWholeAnswerHalfWay() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"cut\",\"afterChunks\":1}", "");

        assertThatThrownBy(() -> chat(key, body("\"max_tokens\":8"))).hasCauseInstanceOf(IOException.class);
        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body("\"max_tokens\":8")));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var content = answer.substring(answer.indexOf("\"content\":\"") + 11);
            assertThat(RunningSandbox.O200K.countTokensOrdinary(content)).isEqualTo(4);
        }
        await().untilAsserted(() -> assertThat(served(key).get("requests").valueStream())
                .hasSize(2)
                .allMatch(entry -> entry.get("completionTokens").intValue() == 4)
                .noneMatch(entry -> entry.get("finished").booleanValue()
                        || entry.get("open").booleanValue()));
    }

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

    @Test
    void strikesOtherAddressesWhereThatMakesSense() {
        var key = key();
        fault(key, "{\"kind\":\"status\",\"status\":503}", ",\"times\":1");
        assertThat(get(key, "/v1/models").statusCode()).isEqualTo(503);
        fault(key, "{\"kind\":\"errorEvent\"}", ",\"times\":1");
        assertThat(json(get(key, "/v1/models").body()).has("error")).isTrue();
        fault(key, "{\"kind\":\"cut\"}", ",\"times\":1");
        assertThatThrownBy(() -> get(key, "/v1/models")).hasCauseInstanceOf(IOException.class);
        assertThat(get(key, "/v1/models").statusCode()).isEqualTo(200);
    }

    @Test
    void strikesOnlyWhatMatches() {
        var key = key();
        var plan =
                "{\"match\":{\"apiKey\":\"" + key + "\",\"model\":\"maker/model-2\",\"path\":\"/v1/chat/completions\"},"
                        + "\"fault\":{\"kind\":\"status\",\"status\":500}}";
        assertThat(control("POST", "/faults", plan).statusCode()).isEqualTo(201);

        assertThat(chat(key, body("")).statusCode()).isEqualTo(200);
        assertThat(get(key, "/v1/models/maker/model-2").statusCode()).isEqualTo(200);
        assertThat(chat(key, body("").replace("gpt-4.1-mini", "maker/model-2")).statusCode())
                .isEqualTo(500);
        assertThat(control("DELETE", "/faults", "").statusCode()).isEqualTo(200);
        assertThat(chat(key, body("").replace("gpt-4.1-mini", "maker/model-2")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void stallsAStreamAndKeepsTheConnection() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"stall\",\"afterChunks\":3}", "");

        try (var socket = socket()) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write(wire(key, "1.1", body(STREAM)));
            await().until(() -> served(key).at("/totals/0/completionTokens").intValue() == 2);
            assertThat(untilSilence(socket).split("data: ")).hasSize(4);
            assertThat(onlyServed(key).get("open").booleanValue()).isTrue();
            assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(2);
        }
        await().until(() -> !onlyServed(key).get("open").booleanValue());
        assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
    }

    @Test
    void stallsAWholeAnswerHalfWay() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"stall\"}", "");

        try (var socket = socket()) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write(wire(key, "1.1", body("\"max_tokens\":8")));
            await().until(() -> served(key).at("/totals/0/completionTokens").intValue() == 4);
            assertThat(untilSilence(socket)).contains("\"content\":\"");
            assertThat(onlyServed(key).get("open").booleanValue()).isTrue();
        }
        await().until(() -> !onlyServed(key).get("open").booleanValue());
    }

    private static String untilSilence(Socket socket) throws IOException {
        var answer = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                answer.append((char) next);
            }
            throw new AssertionError("The connection was closed.");
        } catch (SocketTimeoutException silence) {
            return answer.toString();
        }
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

    @ParameterizedTest
    @ValueSource(strings = {"\"max_tokens\":2", "\"max_tokens\":2,\"stream\":true"})
    void tricklesTheBodyOrTheHeadAsWellAndOnlyThisAnswer(String members) throws Exception {
        for (var from : new String[] {"head", "body"}) {
            var key = key();
            fault(key, "{\"kind\":\"slow\",\"from\":\"" + from + "\",\"bytesPerSecond\":5}", ",\"times\":1");
            try (var socket = socket()) {
                socket.getOutputStream().write(wire(key, "1.1", body(members)));
                var before = System.nanoTime();
                var first = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                assertThat(first).isEqualTo("HTTP/1.1 200");
                if (from.equals("head")) {
                    assertThat(System.nanoTime() - before).isGreaterThan(2_000_000_000L);
                }
                assertThat(socket.getInputStream().available()).isLessThan(700);
            }
            await().until(() -> !onlyServed(key).get("open").booleanValue());
            assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
            assertThat(onlyServed(key).get("completionTokens").intValue()).isZero();
        }
    }

    @Test
    void tricklesToTheEndAndThenServesTheNextOnTheSameConnectionAtOnce() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"slow\",\"bytesPerSecond\":4000}", ",\"times\":1");
        try (var socket = socket()) {
            var before = System.nanoTime();
            socket.getOutputStream().write(wire(key, "1.1", body(STREAM)));
            socket.getOutputStream().write(wire(key, "1.0", body("\"max_tokens\":1000")));
            var answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.split("HTTP/1.1 200 OK")).hasSize(3);
            assertThat(answers).contains("[DONE]").contains("\"completion_tokens\":1000");
            var bytes = answers.lastIndexOf("HTTP/1.1") - 600;
            assertThat(System.nanoTime() - before).isGreaterThan(bytes / 4000 * 1_000_000_000L);
        }
        await().untilAsserted(() ->
                assertThat(served(key).at("/totals/0/finished").intValue()).isEqualTo(2));
    }

    @Test
    void strikesOneHostAndNotTheOther() {
        var key = key();
        var plan = "{\"match\":{\"apiKey\":\"" + key + "\",\"host\":\"localhost\"},\"forMs\":60000,"
                + "\"fault\":{\"kind\":\"status\",\"status\":503}}";
        assertThat(control("POST", "/faults", plan).statusCode()).isEqualTo(201);

        assertThat(get(key, "/v1/models").statusCode()).isEqualTo(200);
        assertThat(RunningSandbox.getAt("localhost", key, "/v1/models").statusCode())
                .isEqualTo(503);
    }
}
