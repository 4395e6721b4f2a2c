package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.call;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.get;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.served;
import static io.quotabank.sandbox.RunningSandbox.socket;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputIT {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"messages\":[]} | model | missing_required_parameter",
                "{\"model\":7,\"messages\":[]} | model | invalid_type",
                "{\"model\":\"m\"} | messages | missing_required_parameter",
                "{\"model\":\"m\",\"messages\":[]} | messages | empty_array",
                "{\"model\":\"m\",\"messages\":\"hello\"} | messages | invalid_type",
                "{\"model\":\"m\",\"messages\":[1]} | messages[0] | invalid_type",
                "{\"model\":\"m\",\"messages\":[{\"content\":\"x\"}]} | messages[0].role | missing_required_parameter",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"boss\"}]} | messages[0].role | invalid_value",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}"
                        + " | messages[0].content | missing_required_parameter",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":5}]}"
                        + " | messages[0].content | invalid_type",
            })
    void refusesRequestsThatLackWhatIsNeeded(String body, String param, String code) {
        assertError(chat(key(), body), 400, param, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"max_tokens\":0 | max_tokens | integer_below_min_value",
                "\"max_tokens\":-5 | max_tokens | integer_below_min_value",
                "\"max_tokens\":128001 | max_tokens | integer_above_max_value",
                "\"max_tokens\":99999999999999999999999 | max_tokens | integer_above_max_value",
                "\"max_tokens\":1.5 | max_tokens | invalid_type",
                "\"max_completion_tokens\":\"7\" | max_completion_tokens | invalid_type",
                "\"stream\":\"yes\" | stream | invalid_type",
                "\"temperature\":3 | temperature | decimal_out_of_range",
                "\"temperature\":\"hot\" | temperature | invalid_type",
                "\"n\":2 | n | unsupported_value",
                "\"stream_options\":{\"include_usage\":true} | stream_options |",
                "\"stream\":true,\"stream_options\":[] | stream_options | invalid_type",
                "\"tools\":{} | tools | invalid_type",
                "\"tools\":[{\"type\":\"function\"}] | tools[0].function | missing_required_parameter",
                "\"tools\":[{\"type\":\"web\"}] | tools[0].type | invalid_value",
                "\"tool_choice\":\"required\" | tool_choice | invalid_value",
                "\"response_format\":{\"type\":\"xml\"} | response_format.type | invalid_value",
                "\"response_format\":{\"type\":\"json_schema\"} | response_format.json_schema"
                        + " | missing_required_parameter",
            })
    void refusesMembersThatAreWrong(String members, String param, String code) {
        var key = key();
        assertError(chat(key, body(members)), 400, param, code);
        assertThat(served(key).get("requests")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"text\"", "{\"model\":\"m\"} trailing", "{'model':1}"})
    void refusesWhatIsNoJsonObject(String body) {
        assertError(chat(key(), body), 400, null, null);
    }

    @Test
    void refusesBrokenUtf8() {
        var bytes = body("").replace("Hello", "\u00ff\u00fe").getBytes(StandardCharsets.ISO_8859_1);

        assertError(chat(key(), bytes), 400, null, null);
    }

    @Test
    void refusesJsonThatIsTooDeep() {
        assertError(chat(key(), body("\"x\":" + "[".repeat(10_000) + "]".repeat(10_000))), 400, null, null);
    }

    @Test
    void refusesBodiesThatAreTooLarge() {
        var answer = chat(key(), " ".repeat((4 << 20) + 1));

        assertError(answer, 413, null, null);
    }

    @Test
    void surviesSchemasThatAskForTooMuch() {
        var schema = "{\"type\":\"integer\"}";
        for (var i = 0; i < 12; i++) {
            schema = "{\"type\":\"array\",\"minItems\":100,\"items\":" + schema + "}";
        }
        var format = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":";

        assertThat(chat(key(), body(format + schema + "}}")).statusCode()).isEqualTo(200);
        assertThat(chat(key(), body(format + "{\"$ref\":\"#\"}}}")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesCallersWithoutAKeyThatWasMade() {
        assertError(call("GET", "/v1/models"), 401, null, null);
        assertError(call("GET", "/v1/models", "authorization", "Basic eA=="), 401, null, null);
        var wrong = get("sk-never-made-1234", "/v1/models");
        assertError(wrong, 401, null, "invalid_api_key");
        assertThat(wrong.body()).contains("sk-n****1234").doesNotContain("never-made");
    }

    @Test
    void refusesModelsThatTheKeyDoesNotHave() {
        assertError(chat(key(), body("").replace("gpt-4.1-mini", "gpt-9")), 404, null, "model_not_found");
    }

    @Test
    void refusesClientRequestIdsThatAreTooLong() {
        var key = key() + "x".repeat(150);
        RunningSandbox.control("PUT", "/keys/" + key, "{\"models\":[\"gpt-4.1-mini\"]}");

        assertError(chat(key, body("")), 400, null, null);
    }

    @Test
    void refusesOtherAddressesAndMethods() {
        var key = "Bearer " + key();
        assertError(call("GET", "/v1/nothing", "authorization", key), 404, null, null);
        assertError(call("GET", "/v1/chat/completions", "authorization", key), 405, null, "method_not_supported");
        assertError(call("DELETE", "/v1/models", "authorization", key), 405, null, "method_not_supported");
        assertThat(call("HEAD", "/v1/models", "authorization", key).body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1%0Abroken header line%0A%0A, 400",
        "utter nonsense%0A%0A, 400",
        "LONG_LINE, 414",
        "BOMB, 431"
    })
    void answersWhatIsNoProperHttpAndHangsUp(String request, int status) throws Exception {
        var text = switch (request) {
            case "LONG_LINE" -> "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n";
            case "BOMB" -> "GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(8000) + "\r\n";
            default -> request.replace("%0A", "\r\n");
        };
        try (var socket = socket()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            var answer = new StringBuilder();
            for (int next = socket.getInputStream().read();
                    next != '\n';
                    next = socket.getInputStream().read()) {
                answer.append((char) next);
            }
            assertThat(answer.toString()).startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void refusesAddressesThatAreNotProperlyEncoded() throws Exception {
        try (var socket = socket()) {
            socket.getOutputStream().write("GET /v1/%zz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("percent-encoded");
        }
    }

    @Test
    void goesOnWhenTheClientWaitsForPermissionToSendItsBody() throws Exception {
        var body = body("");
        var head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n"
                + "authorization: Bearer " + key() + "\r\ncontent-length: " + body.length() + "\r\n\r\n";
        try (var socket = socket()) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 OK");
        }
    }

    private static void assertError(HttpResponse<String> answer, int status, String param, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        var error = json(answer.body()).get("error");
        assertThat(error.get("message").stringValue()).isNotBlank();
        assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(error.get("param").asString(null)).isEqualTo(param);
        assertThat(error.get("code").asString(null)).isEqualTo(code);
        assertThat(answer.headers().firstValue("x-request-id").orElseThrow()).startsWith("req_");
    }
}
