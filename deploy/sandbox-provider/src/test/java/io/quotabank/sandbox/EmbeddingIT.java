package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.O200K;
import static io.quotabank.sandbox.RunningSandbox.control;
import static io.quotabank.sandbox.RunningSandbox.embedding;
import static io.quotabank.sandbox.RunningSandbox.fault;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static io.quotabank.sandbox.RunningSandbox.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class EmbeddingIT {

    @Test
    void answersInTheFormOfOpenAi() {
        var key = key();
        var answer = embedding(key, "\"input\":\"Was 你好 \\\"x\\\"?\"");
        var list = json(answer.body());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map()).containsKeys("x-request-id", "openai-processing-ms");
        assertThat(list.get("object").stringValue()).isEqualTo("list");
        assertThat(list.get("model").stringValue()).isEqualTo(RunningSandbox.MODEL);
        assertThat(list.at("/data/0/object").stringValue()).isEqualTo("embedding");
        assertThat(list.at("/data/0/index").intValue()).isZero();
        assertThat(list.at("/data/0/embedding")).hasSize(1536);
        var tokens = O200K.countTokensOrdinary("Was 你好 \"x\"?");
        assertThat(list.get("usage"))
                .isEqualTo(json("{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}"));
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("operation").stringValue()).isEqualTo("embeddings");
        assertThat(onlyServed(key).get("promptTokens").intValue()).isEqualTo(tokens);
        assertThat(onlyServed(key).get("completionTokens").intValue()).isZero();
    }

    @Test
    void givesTheSameTextTheSameVectorOfLengthOneInWhateverFormItComes() {
        var key = key();
        var ids = IntStream.of(O200K.encodeOrdinary("Hello there, small world").toArray())
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(",", "[", "]"));
        var text = vector(key, "\"Hello there, small world\"");

        assertThat(vector(key, "[\"Hello there, small world\"]")).isEqualTo(text);
        assertThat(vector(key, ids)).isEqualTo(text);
        assertThat(vector(key, "[" + ids + "]")).isEqualTo(text);
        assertThat(vector(key, "\"Hello there, small world!\"")).isNotEqualTo(text);
        assertThat(length(text)).isEqualTo(1, within(1e-5));
    }

    @Test
    void answersEachInputAtItsPlaceAndCountsIdsExactly() {
        var list = json(embedding(key(), "\"input\":[[1,2,3],[4,5],[199997]],\"dimensions\":8")
                .body());

        assertThat(list.get("data").valueStream().map(each -> each.get("index").intValue()))
                .containsExactly(0, 1, 2);
        assertThat(list.at("/usage/prompt_tokens").intValue()).isEqualTo(6);
        assertThat(list.at("/data/2/embedding")).hasSize(8);
    }

    @Test
    void packsTheSameNumbersInBase64() {
        var key = key();
        var numbers = vector(key, "\"Hello\",\"dimensions\":4");
        var packed = json(embedding(key, "\"input\":\"Hello\",\"dimensions\":4,\"encoding_format\":\"base64\"")
                .body());
        var floats = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(packed.at("/data/0/embedding").stringValue()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();

        assertThat(floats.remaining()).isEqualTo(4);
        for (var i = 0; i < 4; i++) {
            assertThat(floats.get(i)).isEqualTo(numbers.get(i).floatValue());
        }
    }

    @Test
    void shortensAVectorByLeavingOffItsEnd() {
        var key = key();
        var longer = vector(key, "\"Hello\",\"dimensions\":3");
        var shorter = vector(key, "\"Hello\",\"dimensions\":2");

        assertThat(length(shorter)).isEqualTo(1, within(1e-5));
        assertThat(shorter.get(0).doubleValue() / shorter.get(1).doubleValue())
                .isEqualTo(longer.get(0).doubleValue() / longer.get(1).doubleValue(), within(1e-3));
    }

    @Test
    void takesItsPriceAndItsLimits() {
        var key = key("\"balanceUsd\":1,\"inputUsdPerMillion\":1000,\"outputUsdPerMillion\":2000,"
                + "\"tokensPerMinute\":100");
        embedding(key, "\"input\":[[1,2,3,4,5]]");

        await().untilAsserted(() -> assertThat(
                        new BigDecimal(json(control("GET", "/keys/" + key, "").body())
                                .get("balanceUsd")
                                .toString()))
                .isEqualByComparingTo("0.995"));
        var ids = IntStream.range(0, 101).mapToObj(String::valueOf).collect(Collectors.joining(","));
        assertThat(embedding(key, "\"input\":[" + ids + "]").statusCode()).isEqualTo(429);
    }

    @Test
    void suffersFaultsLikeOthers() {
        var key = key();
        fault(key, "{\"kind\":\"status\",\"status\":503}", ",\"times\":1");
        assertThat(embedding(key, "\"input\":\"Hello\"").statusCode()).isEqualTo(503);
        fault(key, "{\"kind\":\"omitUsage\"}", ",\"times\":1");
        assertThat(json(embedding(key, "\"input\":\"Hello\"").body()).has("usage"))
                .isFalse();
        fault(key, "{\"kind\":\"wrongUsage\",\"promptTokens\":77}", ",\"times\":1");
        assertThat(json(embedding(key, "\"input\":\"Hello\"").body())
                        .at("/usage/total_tokens")
                        .intValue())
                .isEqualTo(77);
        fault(key, "{\"kind\":\"cut\"}", ",\"times\":1");
        assertThatThrownBy(() -> embedding(key, "\"input\":\"Hello\"")).hasCauseInstanceOf(IOException.class);
        await().until(() -> served(key).at("/totals/0/requests").intValue() == 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"x\":1 | input | missing_required_parameter",
                "\"input\":7 | input | invalid_type",
                "\"input\":[] | input | empty_array",
                "\"input\":\"\" | input | invalid_value",
                "\"input\":[\"a\",\"\"] | input | invalid_value",
                "\"input\":[\"a\",1] | input | invalid_type",
                "\"input\":[1,\"a\"] | input | invalid_type",
                "\"input\":[[]] | input | invalid_type",
                "\"input\":[-1] | input | invalid_value",
                "\"input\":[199998] | input | invalid_value",
                "\"input\":[99999999999] | input | invalid_value",
                "\"input\":\"a\",\"dimensions\":0 | dimensions | integer_below_min_value",
                "\"input\":\"a\",\"dimensions\":3073 | dimensions | integer_above_max_value",
                "\"input\":\"a\",\"encoding_format\":\"hex\" | encoding_format | invalid_value",
            })
    void refusesWhatOpenAiRefuses(String members, String param, String code) {
        var key = key();
        var refused = embedding(key, members);

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(json(refused.body()).at("/error/param").stringValue()).isEqualTo(param);
        assertThat(json(refused.body()).at("/error/code").stringValue()).isEqualTo(code);
        assertThat(served(key).get("requests")).isEmpty();
    }

    @Test
    void refusesMoreThanItsBounds() {
        assertThat(embedding(key(), "\"input\":\"" + "one ".repeat(8191) + "\"").statusCode())
                .isEqualTo(200);
        assertThat(embedding(key(), "\"input\":\"" + "one ".repeat(8200) + "\"").statusCode())
                .isEqualTo(400);
        var many = "\"a\",".repeat(2048);
        assertThat(embedding(key(), "\"dimensions\":10,\"input\":[" + many + "\"a\"]")
                        .statusCode())
                .isEqualTo(400);
        assertThat(embedding(key(), "\"dimensions\":10,\"input\":[" + many.substring(4) + "\"a\"]")
                        .statusCode())
                .isEqualTo(200);
        assertThat(embedding(key(), "\"input\":[" + many.substring(4) + "\"a\"]")
                        .statusCode())
                .isEqualTo(400);
    }

    private static JsonNode vector(String key, String input) {
        return json(embedding(key, "\"input\":" + input).body()).at("/data/0/embedding");
    }

    private static double length(JsonNode vector) {
        return Math.sqrt(vector.valueStream()
                .mapToDouble(each -> each.doubleValue() * each.doubleValue())
                .sum());
    }
}
