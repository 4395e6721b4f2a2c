package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.control;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlIT {

    @Test
    void tellsThatItIsUp() {
        assertThat(control("GET", "/health", "").body()).isEqualTo("{\"status\":\"UP\"}");
    }

    @Test
    void tellsWhatAKeyMayDo() {
        var key = key("\"balanceUsd\":0.000000000001,\"requestsPerMinute\":5,\"tokensPerSecond\":12.5");

        assertThat(json(control("GET", "/keys/" + key, "").body()))
                .isEqualTo(json("{\"apiKey\":\"" + key + "\",\"models\":[\"gpt-4.1-mini\",\"maker/model-2\"],"
                        + "\"balanceUsd\":0.000000000001,\"requestsPerMinute\":5,\"tokensPerMinute\":0,"
                        + "\"tokensPerSecond\":12.5}"));
        assertThat(control("GET", "/keys/sk-nobody", "").statusCode()).isEqualTo(404);
        assertThat(control("POST", "/keys/sk-nobody/spend", "{\"usd\":1}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void sumsUpWhatEachKeyWasServed() {
        var key = key();
        IntStream.rangeClosed(1, 1200).forEach(i -> chat(key, body("\"max_tokens\":" + (i % 3 + 1))));

        await().untilAsserted(() -> {
            var report = RunningSandbox.served(key);
            assertThat(report.get("requests")).hasSize(1200);
            assertThat(report.get("totals")).hasSize(1);
            assertThat(report.at("/totals/0/requests").intValue()).isEqualTo(1200);
            assertThat(report.at("/totals/0/finished").intValue()).isEqualTo(1200);
            assertThat(report.at("/totals/0/promptTokens").intValue()).isEqualTo(1200 * 9);
            assertThat(report.at("/totals/0/completionTokens").intValue()).isEqualTo(2400);
        });
    }

    @Test
    void tellsOnlyOfWhatBeganSinceAMoment() {
        var key = key();
        chat(key, body(""));
        var started = RunningSandbox.onlyServed(key).get("startedAt").longValue();

        assertThat(json(control("GET", "/served?apiKey=" + key + "&since=" + started, "")
                                .body())
                        .get("requests"))
                .hasSize(1);
        var later = json(control("GET", "/served?apiKey=" + key + "&since=" + (started + 1), "")
                .body());
        assertThat(later.get("requests")).isEmpty();
        assertThat(later.at("/totals/0/requests").intValue()).isEqualTo(1);
        assertThat(later.get("forgotten").isNumber()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"models\":[]}",
                "{\"models\":[1]}",
                "{\"models\":\"gpt\"}",
                "{\"models\":[\"m\"],\"balance\":1}",
                "{\"models\":[\"m\"],\"balanceUsd\":\"1\"}",
                "{\"models\":[\"m\"],\"balanceUsd\":1e40}",
                "{\"models\":[\"m\"],\"balanceUsd\":1e-13}",
                "{\"models\":[\"m\"],\"requestsPerMinute\":-1}",
                "{\"models\":[\"m\"],\"requestsPerMinute\":1.5}",
                "{\"models\":[\"m\"],\"tokensPerSecond\":-1}",
                "{\"models\":[\"m\"],\"inputUsdPerMillion\":1}",
                "{\"models\":[\"m\"],\"inputUsdPerMillion\":-1,\"outputUsdPerMillion\":1}"
            })
    void refusesKeysThatAreWrongWithASentence(String body) {
        var refused = control("PUT", "/keys/sk-wrong", body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused.body()).get("error").stringValue()).endsWith(".");
        assertThat(control("GET", "/keys/sk-wrong", "").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"fault\":{}}",
                "{\"fault\":{\"kind\":\"magic\"}}",
                "{\"fault\":{\"kind\":\"status\"}}",
                "{\"fault\":{\"kind\":\"status\",\"status\":200}}",
                "{\"fault\":{\"kind\":\"delay\",\"ms\":-1}}",
                "{\"fault\":{\"kind\":\"cut\",\"afterChunks\":-1}}",
                "{\"fault\":{\"kind\":\"stall\",\"afterChunks\":-1}}",
                "{\"fault\":{\"kind\":\"malformedChunk\",\"afterChunks\":-1}}",
                "{\"fault\":{\"kind\":\"errorEvent\",\"afterChunks\":-1}}",
                "{\"fault\":{\"kind\":\"wrongUsage\",\"factor\":-1}}",
                "{\"fault\":{\"kind\":\"wrongUsage\",\"promptTokens\":-1}}",
                "{\"fault\":{\"kind\":\"doubleUsage\",\"factor\":1e7}}",
                "{\"fault\":{\"kind\":\"slow\",\"bytesPerSecond\":0}}",
                "{\"fault\":{\"kind\":\"slow\",\"from\":\"tail\"}}",
                "{\"fault\":{\"kind\":\"reset\"},\"forMs\":0}",
                "{\"fault\":{\"kind\":\"reset\"},\"times\":0}",
                "{\"fault\":{\"kind\":\"reset\"},\"probability\":0}",
                "{\"fault\":{\"kind\":\"reset\"},\"probability\":1.1}",
                "{\"fault\":{\"kind\":\"reset\"},\"times\":1,\"probability\":1}",
                "{\"fault\":{\"kind\":\"reset\"},\"match\":{\"key\":\"x\"}}"
            })
    void refusesFaultsThatAreWrongWithASentence(String body) {
        var refused = control("POST", "/faults", body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused.body()).get("error").stringValue()).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/nothing,404",
        "POST,/keys/x,405",
        "GET,/keys/x/spend,405",
        "GET,/faults,405",
        "POST,/served,405",
        "POST,/health,405",
        "GET,/served?since=yesterday,400",
        "PUT,/keys/,400"
    })
    void refusesOtherAddressesAndMethods(String method, String path, int status) {
        var refused = control(method, path, "{\"models\":[\"m\"]}");

        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(json(refused.body()).get("error").stringValue()).endsWith(".");
    }
}
