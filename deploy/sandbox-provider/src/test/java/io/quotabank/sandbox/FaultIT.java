package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.STREAM;
import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.control;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests a fault strikes, and how often: statuses and delays. */
class FaultIT {

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
