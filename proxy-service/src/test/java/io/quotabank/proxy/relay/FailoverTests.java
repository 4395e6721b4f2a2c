package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.INPUT_TOKENS;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.ROLE;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.delta;
import static io.quotabank.proxy.relay.Chats.stream;
import static io.quotabank.proxy.relay.Chats.usage;
import static io.quotabank.proxy.relay.Chats.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose fault a provider's silence, refusal or error is, and what the client hears of it. */
class FailoverTests {

    private static final String UNKNOWN_MODEL =
            "{\"error\":{\"message\":\"The model `small` does not exist\",\"code\":\"model_not_found\"}}";

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory, Duration.ofSeconds(20), Duration.ofMillis(400));
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void aProviderThatStaysSilentGivesWayToAnotherKeyLongBeforeTheLongestRequest() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(Call::callerGone, call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);

        var attempts = stage.closed().attempts();
        assertThat(attempts).extracting(Attempt::result).containsExactly(Result.UNREACHABLE, Result.SERVED);
        assertThat(attempts.getFirst().served()).isEqualTo(Credits.ZERO);
        assertThat(attempts.getFirst().durationMs()).isBetween(300L, 3_000L);
    }

    @Test
    void aStreamThatFallsSilentEndsInOurWordsLongBeforeTheLongestRequest() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            call.data(delta("Hi"));
            call.callerGone();
        });

        var answered = stage.chat(STREAM);

        assertThat(answered.body())
                .contains("Hi")
                .contains("\"code\":\"upstream_error\"")
                .doesNotContain("[DONE]");
        assertThat(results()).containsExactly(Result.CUT);
        assertThat(stage.closed().outcome()).isEqualTo(Outcome.UPSTREAM_CUT);
    }

    @Test
    void anAnswerInOnePieceThatFallsSilentGivesWayToAnotherKey() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> {
                    call.raw("HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"id\":");
                    call.callerGone();
                },
                call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);

        assertThat(results()).containsExactly(Result.CUT, Result.SERVED);
    }

    @Test
    void aFirstEventThatIsTooLargeIsTheRequestsFaultAndNoKeys() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> {
            call.stream();
            call.data(delta("x".repeat(2 << 20)));
        });

        var answered = stage.chat(STREAM);

        assertThat(answered.statusCode()).isEqualTo(400);
        assertThat(answered.body()).contains("\"code\":\"answer_too_large\"");
        assertThat(results()).containsExactly(Result.CANCELLED);
        assertThat(stage.closed().tokens()).isEqualTo(TokenUsage.of(INPUT_TOKENS, 0));
    }

    @Test
    void aKeyWhoseProviderKnowsNoSuchModelGivesWayToAnother() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(404, UNKNOWN_MODEL), call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);

        assertThat(results()).containsExactly(Result.KEY_REFUSED, Result.SERVED);
        assertThat(stage.closed().attempts().getFirst().status()).isEqualTo(404);
    }

    @Test
    void whatEveryProviderSaysOfAnUnknownModelIsPassedOn() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(404, UNKNOWN_MODEL));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).isEqualTo(UNKNOWN_MODEL);
        assertThat(results()).containsExactly(Result.KEY_REFUSED, Result.KEY_REFUSED);
        assertThat(stage.closed().outcome()).isEqualTo(Outcome.UPSTREAM_REFUSED);
        assertThat(stage.closed().cost()).isEqualTo(Credits.ZERO);
    }

    @Test
    void anAddressWithoutTheProtocolIsToldInTheProtocolsForm() throws Exception {
        stage.provider.script(call -> call.json(404, "<html>nginx</html>"));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).contains("\"code\":\"model_not_found\"").doesNotContain("nginx");
    }

    @Test
    void aModelThatOneKeyMayNotCallIsNoAnswerWhereAnotherKeyOnlyFailed() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(404, UNKNOWN_MODEL), call -> call.json(500, "{}"));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(503);
    }

    @Test
    void aRefusedRequestFailsNoKey() throws Exception {
        stage.provider.script(call -> call.json(400, "{\"error\":{\"message\":\"no\"}}"));
        for (int i = 0; i < 12; i++) {
            assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(400);
        }
        stage.provider.script(call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "402, KEY_REFUSED",
        "403, KEY_REFUSED",
        "404, KEY_REFUSED",
        "429, RATE_LIMITED",
        "502, PROVIDER_ERROR",
        "\"server_error\", PROVIDER_ERROR",
        "\"429\", RATE_LIMITED"
    })
    void anErrorBesideChoicesInAStreamsFirstEventMovesToAnotherKey(String code, Result result) throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> stream(call, error(code)),
                call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));

        var answered = stage.chat(STREAM);

        assertThat(answered.body()).contains("Hi").endsWith("data: [DONE]\n\n").doesNotContain("oops");
        assertThat(results()).containsExactly(result, Result.SERVED);
    }

    @ParameterizedTest
    @CsvSource({"402, KEY_REFUSED", "429, RATE_LIMITED", "502, PROVIDER_ERROR"})
    void anErrorBesideChoicesInAWholeAnswerMovesToAnotherKey(String code, Result result) throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(200, error(code)), call -> call.json(200, answer("Hi", usage(9, 1))));

        var answered = stage.chat(REQUEST);

        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.body()).contains("Hi");
        assertThat(results()).containsExactly(result, Result.SERVED);
        assertThat(stage.closed().attempts().getFirst().tokens()).isEqualTo(TokenUsage.of(INPUT_TOKENS, 0));
    }

    @Test
    void anErrorInsideThatBlamesTheRequestIsPassedOnAndFailsNoKey() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> stream(call, error("400")));

        var refused = stage.chat(STREAM);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("oops").doesNotContain(RelayStage.SECRET);
        assertThat(results()).containsExactly(Result.REQUEST_REFUSED);
    }

    @Test
    void anErrorBesideChoicesLaterIsTheEndOfTheStreamInOurWords() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), error("429"), usageChunk(9, 1), "[DONE]"));

        var answered = stage.chat(STREAM);

        assertThat(answered.body())
                .contains("Hi")
                .contains("\"code\":\"upstream_error\"")
                .doesNotContain("oops")
                .doesNotContain("[DONE]");
        assertThat(stage.closed().outcome()).isEqualTo(Outcome.UPSTREAM_CUT);
        assertThat(results()).containsExactly(Result.CUT);
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after: 99999999999999999999, 3600",
        "retry-after: 1e300, 3600",
        "retry-after-ms: 9223372036854775807, 3600",
        "retry-after: 3601, 3600",
        "retry-after: 3599.5, 3600",
        "retry-after: 7, 7"
    })
    void aProviderThatAsksForEverDoesNotSendItsClientsAwayForEver(String header, String told) throws Exception {
        // As many as a request may try: then what the providers asked for is told, not when routing tries them again.
        for (int i = 0; i < 4; i++) {
            stage.addKey("sandbox");
        }
        stage.provider.script(call -> call.json(429, "{}", header));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).contains(told);
    }

    private List<Result> results() {
        return stage.closed().attempts().stream().map(Attempt::result).toList();
    }

    /** As OpenRouter tells an error of the provider behind it. */
    private static String error(String code) {
        return "{\"id\":\"gen-1\",\"error\":{\"code\":" + code + ",\"message\":\"oops " + RelayStage.SECRET
                + "\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}";
    }
}
