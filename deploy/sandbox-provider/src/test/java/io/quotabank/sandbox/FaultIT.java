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
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
}
