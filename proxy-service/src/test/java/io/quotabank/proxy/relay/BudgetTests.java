package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.assertError;
import static io.quotabank.proxy.relay.Chats.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.proxy.catalog.TestCatalog;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of which the caller, or the cap of their key, can pay no more than so much. */
class BudgetTests {

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
        stage.provider.script(call -> call.json(200, answer("Hi", usage(9, 1))));
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void answers503WhileTheLedgerIsAway() throws Exception {
        stage.spending.ledgerAway(true);

        var refused = stage.chat(REQUEST);

        assertError(refused, 503, "service_unavailable");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void namesWhatIsAvailableAndNeededAndSaysNotToRetry() throws Exception {
        stage.spending.balance(stage.user, new Credits(1_000));

        var refused = stage.chat("{\"model\":\"small\",\"max_tokens\":1000," + MESSAGES + "}");

        assertError(refused, 402, "insufficient_quota");
        assertThat(refused.body()).contains("0.001 available").contains("needed");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void namesWhatTheKeysCapHasLeftAndSaysNotToRetry() throws Exception {
        var cap = new Credits(cost(TokenUsage.of(9, 16)).micro());

        assertThat(stage.send(capped(cap, REQUEST)).statusCode()).isEqualTo(200);
        assertThat(stage.provider.calls().getFirst().body()).contains("\"max_tokens\":16,");
        var refused =
                stage.send(capped(new Credits(1_000), "{\"model\":\"small\",\"max_tokens\":1000," + MESSAGES + "}"));

        assertError(refused, 402, "access_key_cap_reached");
        assertThat(refused.body()).contains("cap has 0.001 credits left");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
        assertThat(stage.chat(REQUEST).statusCode()).as("with another key").isEqualTo(200);
    }

    @Test
    void takesTheTokenizersCountWhereTheBytesDoNotFit() throws Exception {
        var text = "hello ".repeat(2_000);
        var body = "{\"model\":\"small\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"" + text
                + "\"}]}";
        stage.spending.balance(stage.user, cost(TokenUsage.of(2_100, 10)));

        assertThat(stage.chat(body).statusCode()).isEqualTo(200);
    }

    @Test
    void shortensAnAnswerThatWouldNotFitWhereTheClientSetNoLimit() throws Exception {
        stage.spending.balance(stage.user, cost(TokenUsage.of(9, 100)));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        assertThat(stage.provider.calls().getFirst().body())
                .isEqualTo("{\"max_tokens\":100,\"model\":\"small\"," + MESSAGES + "}");
    }

    @Test
    void shortensToSixteenTokensAndNoFurther() throws Exception {
        stage.spending.balance(stage.user, cost(TokenUsage.of(9, 16)));
        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        assertThat(stage.provider.calls().getFirst().body()).contains("\"max_tokens\":16,");
    }

    @Test
    void refusesWhereNotEvenSixteenTokensFit() throws Exception {
        stage.spending.balance(
                stage.user, new Credits(cost(TokenUsage.of(9, 16)).micro() - 1));

        assertError(stage.chat(REQUEST), 402, "insufficient_quota");
    }

    private HttpRequest capped(Credits limit, String body) {
        var key = UUID.randomUUID();
        var cap = new SpendingCap(key, 1, limit, null, null);
        var caller = new Caller(stage.user.toString(), Set.of("user"), key, List.of(), null, null, cap);
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.port() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + TestIdentity.token(caller))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static Credits cost(TokenUsage tokens) {
        return TestCatalog.priced(RelayStage.MODEL).atMost(tokens.input(), tokens.output(), 13_000);
    }
}
