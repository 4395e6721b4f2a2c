package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Sandbox;
import io.quotabank.systemtests.stack.UsageTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Completions, embeddings and models with the official SDK, and the base address as people write it. */
class CallsIT {

    private static final String EMBEDDING = "text-embedding-3-small";
    private static final String COMPLETION = "gpt-3.5-turbo-instruct";

    private static Suite.Buyer buyer = new Suite.Buyer(new UUID(0, 0), "", "");
    private static String embeddingKey = "";

    @BeforeAll
    static void somebodyWhoSells() throws Exception {
        embeddingKey = Suite.keyFor(EMBEDDING, 0);
        Suite.keyFor(COMPLETION, 0);
        buyer = Suite.buyer("10");
    }

    @AfterAll
    static void healTheProvider() {
        Suite.withdrawKeys();
    }

    @Test
    void embedsATextAListAndTokens() {
        var embeddings = buyer.sdk().embeddings();

        var one = embeddings.create(
                embedding().input("Hello there").dimensions(64).build());
        var two = embeddings.create(embedding()
                .inputOfArrayOfStrings(List.of("Hello there", "Hello"))
                .build());
        var tokens = embeddings.create(embedding()
                .inputOfArrayOfTokenArrays(List.of(List.of(1L, 2L, 3L), List.of(4L)))
                .build());

        assertThat(one.data()).hasSize(1);
        assertThat(one.data().getFirst().embedding()).hasSize(64);
        assertThat(one.usage().promptTokens()).isEqualTo(2);
        assertThat(two.data()).hasSize(2);
        assertThat(two.usage().promptTokens()).isEqualTo(3);
        assertThat(tokens.data()).hasSize(2);
        assertThat(tokens.usage().totalTokens()).isEqualTo(4);
    }

    @Test
    void billsEmbeddingsByWhatTheProviderServed() {
        long since = System.currentTimeMillis();
        var caller = Suite.buyer("0");
        try (var topic = new UsageTopic(STACK)) {
            caller.sdk()
                    .embeddings()
                    .create(embedding().input("one two three four").build());

            var closed = await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> topic.closed().values().stream()
                                    .filter(event -> event.userId().equals(caller.userId()))
                                    .toList(),
                            found -> found.size() == 1)
                    .getFirst();
            assertThat(closed.operation()).isEqualTo("embeddings");
            assertThat(closed.metering()).isEqualTo(UsageEvent.Metering.REPORTED);
            assertThat(closed.tokens().output()).isZero();
            assertThat(Suite.SANDBOX.served(embeddingKey, since))
                    .filteredOn(served -> Objects.equals(served.clientRequestId(), closed.clientRequestId()))
                    .extracting(Sandbox.Served::promptTokens)
                    .containsExactly(closed.tokens().input());
            assertThat(Proof.settledOf(caller.userId(), Duration.ofSeconds(60)))
                    .hasEntrySatisfying(
                            closed.requestId(),
                            settled -> assertThat(settled.charge())
                                    .isEqualTo(closed.cost().micro()));
        }
    }

    @Test
    void wrapsEmbeddingsUnderTheModelsAddress() {
        var answer = Http.post(
                STACK.gateway() + "/api/v1/proxy/" + EMBEDDING + "/embeddings",
                buyer.accessKey(),
                Map.of("input", "Hello there"));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("code").asInt()).isEqualTo(200);
        assertThat(answer.json().at("/data/data/0/embedding").isEmpty()).isFalse();
    }

    @Test
    void completesATextInOnePieceAndAsAStream() {
        var completions = buyer.sdk().completions();

        var whole = completions.create(completion().prompt("Once upon a time").build());
        assertThat(whole.choices().getFirst().text()).isNotBlank();
        assertThat(whole.usage().orElseThrow().completionTokens()).isEqualTo(16);

        var asked = completion()
                .promptOfArrayOfStrings(List.of("One", "Two"))
                .maxTokens(8)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (var stream = completions.createStreaming(asked)) {
            var chunks = stream.stream().toList();
            assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
                    .isEqualTo(16);
            assertThat(chunks.stream().flatMap(chunk -> chunk.choices().stream()))
                    .extracting(choice -> choice.index())
                    .contains(0L, 1L);
        }
        try (var stream =
                completions.createStreaming(completion().prompt("Once").build())) {
            assertThat(stream.stream())
                    .isNotEmpty()
                    .allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
        }
    }

    /** Calls of the SDK are not held against the contracts; these are. */
    @Test
    void answersAsTheContractsSay() {
        for (var more : List.of(Map.of("encoding_format", "base64"), Map.of("dimensions", 8))) {
            assertAnswered("/v1/embeddings", Map.of("model", EMBEDDING, "input", List.of("Hello", "there")), more);
        }
        for (var stream : List.of(true, false)) {
            assertAnswered("/v1/completions", Map.of("model", COMPLETION, "prompt", "Once"), Map.of("stream", stream));
        }
    }

    private static void assertAnswered(String path, Map<String, ?> asked, Map<String, ?> more) {
        var body = new HashMap<String, Object>(asked);
        body.putAll(more);
        var answer = Http.post(STACK.gateway() + path, buyer.accessKey(), body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void refusesAModelThatIsForSomethingElse() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> buyer.sdk()
                        .embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model(STACK.model())
                                .input("x")
                                .build()))
                .withMessageContaining("/v1/chat/completions");
    }

    @Test
    void listsModelsForAKeyAndForAnybody() {
        var models = buyer.sdk().models();
        assertThat(models.list().autoPager().stream().map(model -> model.id())).contains(EMBEDDING, STACK.model());
        assertThat(models.retrieve(EMBEDDING).ownedBy()).isEqualTo("openai");

        var open = Http.get(STACK.gateway() + "/v1/models", null);
        assertThat(open.status()).isEqualTo(200);
        assertThat(open.json().at("/data/0/pricing/prompt").isString()).isTrue();
        assertThat(Http.get(STACK.gateway() + "/v1/models", "qb-wrong").status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v1/", "/v1/v1", "//v1", "/v1//", "/api/v1"})
    void readsTheBaseAddressAsItIsWritten(String base) {
        var sdk = OpenAIOkHttpClient.builder()
                .baseUrl(STACK.gateway() + base)
                .apiKey(buyer.accessKey())
                .maxRetries(0)
                .build();

        assertThat(sdk.models().list().data()).isNotEmpty();
        assertThat(sdk.embeddings().create(embedding().input("x").build()).data())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completion", "/v2/chat/completions", "/v1/chat/completions/chat/completions"})
    void namesTheRightAddress(String path) {
        var refused = Http.post(STACK.gateway() + path, buyer.accessKey(), "{}");

        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().at("/error/message").asString()).contains("did you mean /v1/chat/completions?");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
    }

    private static EmbeddingCreateParams.Builder embedding() {
        return EmbeddingCreateParams.builder().model(EMBEDDING);
    }

    private static CompletionCreateParams.Builder completion() {
        return CompletionCreateParams.builder().model(COMPLETION);
    }
}
