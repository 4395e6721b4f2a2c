package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static io.quotabank.systemtests.Suite.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.JsonValue;
import com.openai.core.http.Headers;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import io.quotabank.systemtests.stack.Http;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The official OpenAI SDK against the gateway, with nothing set but base address and key. */
class OpenAiSdkIT {

    @Test
    void answersAChatWithItsCharge() {
        var buyer = Suite.buyer("0");
        try (var response =
                buyer.sdk().chat().completions().withRawResponse().create(chat(STACK.model(), "Say something.", 20))) {
            var answer = response.parse();
            var usage = answer.usage().orElseThrow();
            var charge = decimal(response.headers(), "x-quotabank-charge");

            assertThat(answer.choices().getFirst().message().content().orElse(""))
                    .isNotBlank();
            assertThat(usage.completionTokens()).isEqualTo(20);
            assertThat(charge).isPositive();
            assertThat(new BigDecimal(cost(usage))).isEqualByComparingTo(charge);
            assertThat(decimal(response.headers(), "x-quotabank-balance"))
                    .isEqualByComparingTo(new BigDecimal("520").subtract(charge));
            assertThat(response.headers().values("x-quotabank-model")).containsExactly(STACK.model());
            assertThat(response.headers().values("x-request-id")).hasSize(1);
        }
    }

    @Test
    void streamsAnAnswerAndItsUsageWhenAsked() {
        var params = chat(STACK.model(), "Say something.", 15).toBuilder()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        var chunks = stream(Suite.buyer("0"), params);

        assertThat(text(chunks)).isNotBlank();
        var usage = chunks.getLast().usage().orElseThrow();
        assertThat(usage.completionTokens()).isEqualTo(15);
        assertThat(new BigDecimal(cost(usage))).isPositive();
    }

    @Test
    void keepsTheUsageToItselfWhenAStreamDidNotAskForIt() {
        var chunks = stream(Suite.buyer("0"), chat(STACK.model(), "Say something.", 15));

        assertThat(text(chunks)).isNotBlank();
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.choices()).isNotEmpty());
    }

    @Test
    void passesToolsAndStructuredOutputThrough() {
        var sdk = Suite.buyer("0").sdk();
        var tool = Map.of(
                "type",
                "function",
                "function",
                Map.of(
                        "name",
                        "get_weather",
                        "parameters",
                        Map.of(
                                "type", "object",
                                "properties", Map.of("city", Map.of("type", "string")),
                                "required", List.of("city"))));
        var called = sdk.chat()
                .completions()
                .create(chat(STACK.model(), "Weather in Paris?", 60).toBuilder()
                        .putAdditionalBodyProperty("tools", JsonValue.from(List.of(tool)))
                        .putAdditionalBodyProperty("tool_choice", JsonValue.from("required"))
                        .build());
        var call =
                called.choices().getFirst().message().toolCalls().orElseThrow().getFirst();
        assertThat(call.asFunction().function().name()).isEqualTo("get_weather");
        assertThat(call.asFunction().function().arguments()).contains("city");

        var schema = Map.of(
                "type",
                "json_schema",
                "json_schema",
                Map.of(
                        "name",
                        "person",
                        "schema",
                        Map.of(
                                "type", "object",
                                "properties", Map.of("name", Map.of("type", "string")),
                                "required", List.of("name"))));
        var structured = sdk.chat()
                .completions()
                .create(chat(STACK.model(), "Who?", 60).toBuilder()
                        .putAdditionalBodyProperty("response_format", JsonValue.from(schema))
                        .build());
        var content = structured.choices().getFirst().message().content().orElseThrow();
        assertThat(Http.JSON.readTree(content).has("name")).isTrue();
    }

    @Test
    void listsTheModelsThatCanBeCalled() {
        var models = Suite.buyer("0").sdk().models().list();
        assertThat(models.autoPager().stream().map(model -> model.id())).contains(STACK.model());
    }

    private static List<ChatCompletionChunk> stream(Suite.Buyer buyer, ChatCompletionCreateParams params) {
        try (var response = buyer.sdk().chat().completions().createStreaming(params)) {
            return response.stream().toList();
        }
    }

    private static String text(List<ChatCompletionChunk> chunks) {
        var text = new StringBuilder();
        chunks.forEach(chunk -> chunk.choices()
                .forEach(choice -> text.append(choice.delta().content().orElse(""))));
        return text.toString();
    }

    @SuppressWarnings("deprecation") // Kotlin's marker for fields that the SDK has no method for: what cost is
    private static String cost(CompletionUsage usage) {
        return String.valueOf(usage._additionalProperties().get("cost"));
    }

    private static BigDecimal decimal(Headers headers, String name) {
        return new BigDecimal(headers.values(name).getFirst());
    }
}
