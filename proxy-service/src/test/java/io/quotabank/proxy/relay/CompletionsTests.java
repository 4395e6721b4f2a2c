package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.proxy.catalog.TestCatalog;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completions: as chats, but for their prompts, their limit, and answers that repeat the prompt. */
class CompletionsTests {

    private static final String PATH = "/v1/completions";

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void passesACompletionOnWithItsCost() throws Exception {
        stage.provider.script(call -> call.json(200, answer(" there", usage(1, 1))));
        var body = "{\"model\":\"instruct\",\"prompt\":\"Hello\",\"max_tokens\":5,\"logprobs\":2}";

        var answered = stage.post(PATH, body);

        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.body()).isEqualTo(answer(" there", usage(1, 1).replace("}", ",\"cost\":0.00234}")));
        var sent = stage.provider.calls().getFirst();
        assertThat(sent.target()).isEqualTo("POST /v1/completions HTTP/1.1");
        assertThat(sent.body()).isEqualTo(body);
        var closed = stage.closed();
        assertThat(closed.operation()).isEqualTo("text_completion");
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(1, 1));
    }

    @Test
    void setsTheLimitThatItReservedForWhereTheDefaultIsNotKnown() throws Exception {
        stage.provider.script(call -> call.json(200, answer("x", usage(1, 1))));

        stage.post(PATH, "{\"model\":\"instruct\",\"prompt\":\"Hello\"}");

        assertThat(stage.provider.calls().getFirst().body())
                .isEqualTo("{\"max_tokens\":16,\"model\":\"instruct\",\"prompt\":\"Hello\"}");
    }

    @Test
    void reservesForEveryPromptAndEveryAnswerThatIsDrawn() throws Exception {
        stage.provider.script(call -> {
            call.stream();
            call.data(chunk(0, "a", "\"stop\""));
            call.data("[DONE]");
            call.end();
        });
        var body = "{\"model\":\"instruct\",\"stream\":true,\"max_tokens\":10,\"n\":2,\"best_of\":20,"
                + "\"prompt\":[\"a\",\"b\"]}";

        var reserved = stage.post(PATH, body).headers().firstValue("x-quotabank-reserved");

        assertThat(reserved)
                .contains(TestCatalog.priced(TestCatalog.completing("instruct"))
                        .atMost(body.length(), 2 * 20 * 10, 13_000)
                        .toString());
    }

    @Test
    void withholdsTheUsageOfAStreamThatDidNotAskForIt() throws Exception {
        stage.provider.script(call -> {
            call.stream();
            call.data(chunk(0, " there", "null"));
            call.data(chunk(0, "", "\"stop\""));
            call.data(
                    "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"choices\":[],\"usage\":" + usage(1, 1) + "}");
            call.data("[DONE]");
            call.end();
        });

        var answered = stage.post(PATH, "{\"model\":\"instruct\",\"stream\":true,\"prompt\":\"Hello\"}");

        assertThat(answered.body())
                .isEqualTo("data: " + chunk(0, " there", "null") + "\n\ndata: " + chunk(0, "", "\"stop\"")
                        + "\n\ndata: [DONE]\n\n");
        assertThat(stage.provider.calls().getFirst().body()).contains("\"include_usage\":true");
        assertThat(stage.closed().metering()).isEqualTo(Metering.REPORTED);
    }

    @Test
    void waitsForTheAnswersToAllPromptsOfAStreamWithoutAnEndMark() throws Exception {
        stage.provider.script(call -> {
            call.stream();
            call.data(chunk(0, "a", "\"stop\""));
            call.end();
        });

        var body = "{\"model\":\"instruct\",\"stream\":true,\"prompt\":[\"a\",\"b\"]}";
        assertThat(stage.post(PATH, body).body()).contains("upstream_error");
        assertThat(stage.closed().outcome()).isEqualTo(Outcome.UPSTREAM_CUT);
    }

    @Test
    void billsNoOutputForAPromptThatIsRepeatedWhereUsageIsMissing() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hello there friend of mine", "")));

        stage.post(PATH, "{\"model\":\"instruct\",\"prompt\":\"Hello there\",\"echo\":true}");

        var closed = stage.closed();
        assertThat(closed.metering()).isEqualTo(Metering.COUNTED);
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(2, 3));
    }

    @Test
    void billsAllThatCameWhereTheProviderDoesNotRepeatThePrompt() throws Exception {
        stage.provider.script(call -> call.json(200, answer("friend of mine", "")));

        stage.post(PATH, "{\"model\":\"instruct\",\"prompt\":\"Hello there\",\"echo\":true}");

        assertThat(stage.closed().tokens()).isEqualTo(TokenUsage.of(2, 3));
    }

    @Test
    void billsARepeatedPromptOfTokensNoFurtherThanTheLimit() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hello there friend of mine", "")));

        stage.post(PATH, "{\"model\":\"instruct\",\"prompt\":[13225,1354],\"echo\":true,\"max_tokens\":4}");

        assertThat(stage.closed().tokens()).isEqualTo(TokenUsage.of(2, 4));
    }

    @Test
    void countsTokensByTheirNumberWhereUsageIsMissing() throws Exception {
        stage.provider.script(call -> call.json(200, answer("x", "")));

        stage.post(PATH, "{\"model\":\"instruct\",\"prompt\":[[1,2,3],[4]]}");

        assertThat(stage.closed().tokens()).isEqualTo(TokenUsage.of(4, 1));
    }

    @Test
    void refusesAModelOfAnotherKindBeforeAnythingIsReserved() throws Exception {
        var refused = stage.post(PATH, "{\"model\":\"small\",\"prompt\":\"a\"}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"code\":\"unsupported_model\"").contains("/v1/chat/completions");
        assertThat(stage.chat("{\"model\":\"instruct\",\"messages\":[]}").body())
                .contains("\"code\":\"unsupported_model\"")
                .contains("/v1/completions");
        assertThat(stage.journal.nothingOpen()).isTrue();
        assertThat(stage.provider.calls()).isEmpty();
    }

    private static String answer(String text, String usage) {
        return "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"text\":\"" + text
                + "\",\"logprobs\":null,\"finish_reason\":\"stop\"}]" + (usage.isEmpty() ? "" : ",\"usage\":" + usage)
                + "}";
    }

    private static String chunk(int index, String text, String finish) {
        return "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"choices\":[{\"index\":" + index + ",\"text\":\""
                + text + "\",\"finish_reason\":" + finish + "}]}";
    }
}
