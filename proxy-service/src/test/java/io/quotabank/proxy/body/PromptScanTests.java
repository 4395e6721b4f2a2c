package io.quotabank.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of completions and embeddings. */
class PromptScanTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"\"a\"|1", "\"\"|1", "[\"a\",\"b\"]|2", "[1,2,3]|1", "[[1,2],[3],[]]|3"})
    void countsPromptsInEachOfTheirForms(String form, int inputs) throws Exception {
        assertThat(completion("\"prompt\":" + form).inputs).isEqualTo(inputs);
        assertThat(embedding("\"input\":" + form).inputs).isEqualTo(inputs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "true",
                "{}",
                "[]",
                "[1,\"a\"]",
                "[\"a\",1]",
                "[\"a\",[1]]",
                "[[1],\"a\"]",
                "[[1],2]",
                "[[\"a\"]]",
                "[[[1]]]",
                "[1.5]",
                "[-1]",
                "[[-1]]",
                "[4294967296]",
                "[null]",
                "[[null]]",
                "[{\"type\":\"image_url\"}]",
                "{\"text\":\"a\"}"
            })
    void refusesEveryOtherForm(String form) {
        assertThatThrownBy(() -> completion("\"prompt\":" + form)).isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> embedding("\"input\":" + form)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void takesAsManyPromptsAsOpenAiAndNoMore() throws Exception {
        var most = "\"a\",".repeat(Prompts.MOST - 1) + "\"a\"";

        assertThat(embedding("\"input\":[" + most + "]").inputs).isEqualTo(Prompts.MOST);
        assertThatThrownBy(() -> embedding("\"input\":[" + most + ",\"a\"]"))
                .isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> completion("\"prompt\":[" + most + ",\"a\"]"))
                .isInstanceOf(MalformedRequestException.class);
        assertThat(embedding("\"input\":[" + "1,".repeat(100_000) + "1]").inputs)
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"prompt\":\"a\",\"prompt\":\"b\"",
                "\"prompt\":\"a\",\"pr\\u006fmpt\":\"b\"",
                "\"prompt\":null,\"prompt\":\"b\"",
                "\"prompt\":\"a\",\"suffix\":\"b\",\"suffix\":\"c\"",
                "\"prompt\":\"a\",\"suffix\":[\"b\"]",
                "\"prompt\":\"a\",\"echo\":true,\"echo\":false",
                "\"prompt\":\"a\",\"echo\":1",
                "\"prompt\":\"a\",\"best_of\":2,\"best_of\":20",
                "\"prompt\":\"a\",\"best_of\":0",
                "\"prompt\":\"a\",\"best_of\":129",
                "\"prompt\":\"a\",\"best_of\":1e9",
                "\"prompt\":\"a\",\"n\":129",
                "\"prompt\":\"a\",\"max_tokens\":-1",
                "\"prompt\":\"a\",\"max_tokens\":0",
                "\"prompt\":\"a\",\"max_tokens\":16,\"max_tokens\":4096",
                "\"prompt\":\"a\",\"max_completion_tokens\":4096",
                "\"prompt\":\"a\",\"messages\":[]",
                "\"prompt\":\"a\",\"Prompt\":\"b\"",
                "\"prompt\":\"a\",\"Max_Tokens\":9",
                "\"prompt\":\"a\",\"max_to\\u212aens\":9",
                "\"prompt\":\"a\",\"be\\u017ft_of\":9",
                "\"prompt\":\"a\",\"models\":[\"b\"]"
            })
    void refusesACompletionThatTwoCouldReadDifferently(String members) {
        assertThatThrownBy(() -> completion(members)).isInstanceOf(MalformedRequestException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"x\":1",
                "\"input\":null",
                "\"input\":\"a\",\"input\":\"b\"",
                "\"input\":\"a\",\"INPUT\":\"b\"",
                "\"input\":\"a\",\"messages\":[]",
                "\"input\":\"a\",\"prompt\":\"b\"",
                "\"input\":\"a\",\"stream\":true"
            })
    void refusesEmbeddingsThatTwoCouldReadDifferently(String members) {
        assertThatThrownBy(() -> embedding(members)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void drawsAsManyOutputsAsAreBilled() throws Exception {
        var body = completion("\"prompt\":[\"a\",\"b\"],\"n\":3,\"best_of\":20");

        assertThat(body.answers()).isEqualTo(6);
        assertThat(body.outputs()).isEqualTo(40);
        assertThat(completion("\"prompt\":\"a\",\"n\":3,\"best_of\":1").outputs())
                .isEqualTo(3);
    }

    @Test
    void limitsACompletionAsOpenAiWouldWhereItDoesNotSay() throws Exception {
        assertThat(completion("\"prompt\":\"a\"").outputLimit()).isEqualTo(16);
        assertThat(completion("\"max_tokens\":null").outputLimit()).isEqualTo(16);
        assertThat(completion("\"max_tokens\":5").outputLimit()).isEqualTo(5);
        assertThat(completion("\"max_tokens\":0,\"echo\":true").outputLimit()).isZero();
        assertThat(embedding("\"input\":\"a\"").outputLimit()).isZero();
    }

    @Test
    void tellsTheLimitToWhoeverMayHaveAnotherDefault() throws Exception {
        var silent = completion("\"prompt\":\"a\"");

        assertThat(silent.limitMissing(true, true)).isNull();
        assertThat(silent.limitMissing(true, false)).isEqualTo(16);
        assertThat(silent.limitMissing(false, true)).isEqualTo(16);
        assertThat(completion("\"max_tokens\":5").limitMissing(false, false)).isNull();
        assertThat(embedding("\"input\":\"a\"").limitMissing(false, false)).isNull();
    }

    private static RequestBody completion(String members) throws MalformedRequestException {
        return scan(Operation.TEXT_COMPLETION, members);
    }

    private static RequestBody embedding(String members) throws MalformedRequestException {
        return scan(Operation.EMBEDDINGS, members);
    }

    private static RequestBody scan(Operation operation, String members) throws MalformedRequestException {
        return RequestBody.of(operation, ("{\"model\":\"m\"," + members + "}").getBytes(StandardCharsets.UTF_8));
    }
}
