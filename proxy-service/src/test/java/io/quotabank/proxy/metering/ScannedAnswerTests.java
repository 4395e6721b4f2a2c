package io.quotabank.proxy.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.proxy.metering.ScannedAnswer.MalformedAnswerException;
import io.quotabank.proxy.metering.ScannedAnswer.UsageReport;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScannedAnswerTests {

    @Test
    void readsEveryClassOfTokens() throws Exception {
        var report = usage("{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":30,\"cache_write_tokens\":20,\"audio_tokens\":0},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":40}}");

        assertThat(report).isEqualTo(new UsageReport(new TokenUsage(100, 50, 30, 20, 40), false));
    }

    @Test
    void readsDeepSeeksCacheHits() throws Exception {
        var report = usage("{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_cache_hit_tokens\":64,"
                + "\"prompt_cache_miss_tokens\":36}");

        assertThat(report).isEqualTo(new UsageReport(new TokenUsage(100, 5, 64, 0, 0), false));
    }

    @Test
    void takesNullsAndAbsencesForNothing() throws Exception {
        var report = usage("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":null,"
                + "\"prompt_tokens_details\":null,\"completion_tokens_details\":{\"reasoning_tokens\":null}}");

        assertThat(report).isEqualTo(new UsageReport(TokenUsage.of(10, 5), false));
    }

    @Test
    void computesAnAbsentCountFromTheTotal() throws Exception {
        assertThat(usage("{\"prompt_tokens\":10,\"total_tokens\":15}"))
                .isEqualTo(new UsageReport(TokenUsage.of(10, 5), false));
        assertThat(usage("{\"completion_tokens\":5,\"total_tokens\":15}"))
                .isEqualTo(new UsageReport(TokenUsage.of(10, 5), false));
    }

    @Test
    void cutsAClassToWhatItIsPartOfAndSaysSo() throws Exception {
        assertThat(usage("{\"prompt_tokens\":10,\"completion_tokens\":5,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":11}}"))
                .isEqualTo(new UsageReport(new TokenUsage(10, 5, 10, 0, 0), true));
        assertThat(usage("{\"prompt_tokens\":10,\"completion_tokens\":5,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":10}}"))
                .isEqualTo(new UsageReport(new TokenUsage(10, 5, 10, 0, 0), false));
        assertThat(usage("{\"prompt_tokens\":10,\"completion_tokens\":5,"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":6}}"))
                .isEqualTo(new UsageReport(new TokenUsage(10, 5, 0, 0, 5), true));
    }

    @Test
    void takesNothingNegative() throws Exception {
        assertThat(usage("{\"prompt_tokens\":-10,\"completion_tokens\":5}"))
                .isEqualTo(new UsageReport(TokenUsage.of(0, 5), true));
    }

    @Test
    void saysWhenTheTotalDoesNotAddUp() throws Exception {
        assertThat(usage("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":16}"))
                .isEqualTo(new UsageReport(TokenUsage.of(10, 5), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "{}", "{\"prompt_tokens\":10}", "{\"prompt_tokens\":\"10\",\"completion_tokens\":5}", "7"
            })
    void reportsNothingWhereNothingUsableIsReported(String usage) throws Exception {
        assertThat(usage(usage)).isNull();
    }

    @Test
    void putsTheCostBehindTheLastMember() throws Exception {
        assertThat(withCost("{\"id\":\"x\",\"usage\":{\"prompt_tokens\":1 },\"z\":1}"))
                .isEqualTo("{\"id\":\"x\",\"usage\":{\"prompt_tokens\":1 ,\"cost\":1.5},\"z\":1}");
        assertThat(withCost("{\"usage\":{}}")).isEqualTo("{\"usage\":{\"cost\":1.5}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.25", "\"free\"", "null", "{\"a\":[1]}", "true"})
    void putsTheCostInPlaceOfOneThatIsThere(String cost) throws Exception {
        assertThat(withCost("{\"usage\":{\"cost\": " + cost + " ,\"prompt_tokens\":1}}"))
                .isEqualTo("{\"usage\":{\"cost\": 1.5 ,\"prompt_tokens\":1}}");
    }

    @Test
    void editsWhatBeginsInTheMiddleOfItsBytes() throws Exception {
        var bytes = "data: {\"usage\":{\"cost\":9}}\n\n".getBytes(StandardCharsets.UTF_8);

        var answer = ScannedAnswer.of(bytes, 6, bytes.length - 8, received());

        assertThat(new String(answer.withCost("1.5"), StandardCharsets.UTF_8)).isEqualTo("{\"usage\":{\"cost\":1.5}}");
        assertThat(new String(answer.withoutUsage(), StandardCharsets.UTF_8)).isEqualTo("{\"usage\":null}");
    }

    @Test
    void countsAllTextThatIsGenerated() throws Exception {
        var received = received();
        scan(
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"one two\",\"reasoning_content\":\"three\","
                        + "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"four\","
                        + "\"arguments\":\" five six\"}}]},\"finish_reason\":null}]}",
                received);

        assertThat(received.tokens()).isEqualTo(6);
        assertThat(received.reasoningTokens()).isEqualTo(1);
    }

    @Test
    void tellsAnErrorFromAnAnswer() throws Exception {
        var error = scan("{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":null}}", received());
        var answer = scan("{\"choices\":[{\"finish_reason\":\"stop\"}],\"error\":null}", received());

        assertThat(error.isError()).isTrue();
        assertThat(error.errorCode()).isEqualTo("t");
        assertThat(answer.isError()).isFalse();
        assertThat(answer.isFinished()).isTrue();
    }

    @Test
    void takesAnErrorBesideChoicesForAnErrorAndANumberForItsCode() throws Exception {
        var error = scan(
                "{\"error\":{\"code\":402,\"message\":\"m\"},\"choices\":[{\"finish_reason\":\"error\"}]}", received());

        assertThat(error.isError()).isTrue();
        assertThat(error.hasChoices()).isTrue();
        assertThat(error.errorCode()).isEqualTo("402");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "\"\"", "false", "0"})
    void takesAnErrorThatSaysNothingForNone(String error) throws Exception {
        assertThat(scan("{\"choices\":[{}],\"error\":" + error + "}", received())
                        .isError())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"usage\":{}", "{}{}", "not json", "{\"a\":1}x"})
    void refusesWhatIsNotOneObject(String text) {
        assertThatThrownBy(() -> scan(text, received())).isInstanceOf(MalformedAnswerException.class);
    }

    private static @Nullable UsageReport usage(String usage) throws MalformedAnswerException {
        return scan("{\"id\":\"x\",\"usage\":" + usage + "}", received()).usage();
    }

    private static String withCost(String answer) throws MalformedAnswerException {
        return new String(scan(answer, received()).withCost("1.5"), StandardCharsets.UTF_8);
    }

    private static ScannedAnswer scan(String text, ReceivedText received) throws MalformedAnswerException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return ScannedAnswer.of(bytes, 0, bytes.length, received);
    }

    /** Counts words. */
    private static ReceivedText received() {
        return new ReceivedText(text -> text.isBlank() ? 0 : text.strip().split("\\s+").length);
    }
}
