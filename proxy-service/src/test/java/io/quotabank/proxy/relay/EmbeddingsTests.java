package io.quotabank.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.catalog.TestCatalog;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings: input alone costs. */
class EmbeddingsTests {

    private static final String PATH = "/v1/embeddings";
    private static final String VECTORS = "\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
            + "\"embedding\":[0.10000000149011612,-1e-7]}],\"model\":\"embed\"";
    private static final String ANSWER = "{" + VECTORS + ",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}";

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
        stage.provider.script(call -> call.json(200, ANSWER));
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void passesVectorsOnAsTheyCameAndBillsTheInput() throws Exception {
        var body = "{\"model\":\"vendor/embed\", \"input\":[[1,2],[3,4]], \"encoding_format\":\"float\","
                + "\"dimensions\":256, \"user\":\"u\"}";

        var answered = stage.post(PATH, body);

        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.body()).isEqualTo(ANSWER.replace("}}", ",\"cost\":0.0104}}"));
        assertThat(answered.headers().firstValue("x-quotabank-charge")).contains("0.0104");
        var sent = stage.provider.calls().getFirst();
        assertThat(sent.target()).isEqualTo("POST /v1/embeddings HTTP/1.1");
        assertThat(sent.body()).isEqualTo(body);
        var closed = stage.closed();
        assertThat(closed.operation()).isEqualTo("embeddings");
        assertThat(closed.metering()).isEqualTo(Metering.REPORTED);
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(4, 0));
    }

    @Test
    void countsTheInputWhereUsageIsMissing() throws Exception {
        stage.provider.script(call -> call.json(200, "{" + VECTORS + "}"));

        stage.post(PATH, "{\"model\":\"vendor/embed\",\"input\":[\"Hello there\",\"Hello\"]}");

        assertThat(stage.closed().metering()).isEqualTo(Metering.COUNTED);
        assertThat(stage.closed().tokens()).isEqualTo(TokenUsage.of(3, 0));
    }

    @Test
    void billsWhatAProviderReportsOfInputAlone() throws Exception {
        stage.provider.script(call -> call.json(200, "{" + VECTORS + ",\"usage\":{\"total_tokens\":7}}"));

        stage.post(PATH, "{\"model\":\"vendor/embed\",\"input\":\"Hello there\"}");

        assertThat(stage.closed().metering()).isEqualTo(Metering.REPORTED);
        assertThat(stage.closed().tokens()).isEqualTo(TokenUsage.of(7, 0));
    }

    @Test
    void wrapsTheAnswerUnderTheModelsAddress() throws Exception {
        var answered = stage.post("/api/v1/proxy/vendor/embed/embeddings", "{\"input\":\"Hello there\"}");

        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.body())
                .isEqualTo("{\"code\":200,\"message\":\"success\",\"data\":"
                        + ANSWER.replace("}}", ",\"cost\":0.0104}}") + "}");
        assertThat(stage.provider.calls().getFirst().body())
                .isEqualTo("{\"model\":\"vendor/embed\",\"input\":\"Hello there\"}");
    }

    @Test
    void refusesInTheOneFormUnderTheModelsAddressToo() throws Exception {
        var refused = stage.post("/api/v1/proxy/small/embeddings", "{\"input\":\"a\"}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).startsWith("{\"error\":{").contains("\"code\":\"unsupported_model\"");
        assertThat(stage.provider.calls()).isEmpty();
    }

    @Test
    void affordsWhatItsTokensCostAndNotOneLess() throws Exception {
        var body = "{\"model\":\"vendor/embed\",\"input\":[" + "1,".repeat(99) + "1]}";
        // One more than there are tokens: some models begin with one of their own.
        var needed = TestCatalog.priced(TestCatalog.embedding("e")).atMost(101, 0, 13_000);
        stage.spending.balance(stage.user, new Credits(needed.micro() - 1));
        assertThat(stage.post(PATH, body).statusCode()).isEqualTo(402);
        assertThat(stage.provider.calls()).isEmpty();

        stage.spending.balance(stage.user, needed);
        assertThat(stage.post(PATH, body).statusCode()).isEqualTo(200);
    }

    @Test
    void anAnswerThatIsTooLargeIsTheRequestsFaultAndNoKeys() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(200, "{" + " ".repeat(33 << 20) + VECTORS + "}"));

        var answered = stage.post(PATH, "{\"model\":\"vendor/embed\",\"input\":\"Hello there\"}");

        assertThat(answered.statusCode()).isEqualTo(400);
        assertThat(answered.body()).contains("\"code\":\"answer_too_large\"");
        assertThat(answered.headers().firstValue("x-should-retry")).contains("false");
        var closed = stage.closed();
        assertThat(closed.outcome()).isEqualTo(Outcome.UPSTREAM_CUT);
        assertThat(closed.attempts()).extracting(Attempt::result).containsExactly(Result.CANCELLED);
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(2, 0));
        assertThat(closed.served()).isEqualTo(closed.cost());
    }

    @Test
    void movesToAnotherKeyBeforeTheClientNotices() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(500, "{}"), call -> call.json(200, ANSWER));

        assertThat(stage.post(PATH, "{\"model\":\"vendor/embed\",\"input\":\"a\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(stage.closed().attempts()).hasSize(2);
    }
}
