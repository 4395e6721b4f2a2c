package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.assertError;
import static io.quotabank.proxy.relay.Chats.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys are tried for a request, and what its client hears where none serves it. */
class KeySearchTests {

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

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 429, 500, 502, 503, 408, 302})
    void movesToAnotherKeyWithoutTheClientNoticing(int status) throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> call.json(status, "{\"error\":{\"message\":\"no\"}}", "location: http://127.0.0.1:1/"),
                call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        var attempts = stage.closed().attempts();
        assertThat(attempts).hasSize(2);
        assertThat(attempts.getFirst().keyId()).isNotEqualTo(attempts.getLast().keyId());
        assertThat(attempts.getFirst().served()).isEqualTo(Credits.ZERO);
    }

    @Test
    void takesASpentKeyForWhatItIsWhateverTheStatus() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> call.json(429, "{\"error\":{\"message\":\"x\",\"code\":\"insufficient_quota\"}}"),
                call -> call.json(200, answer("Hi", usage(9, 1))));

        stage.chat(REQUEST);

        assertThat(stage.closed().attempts())
                .first()
                .matches(attempt -> attempt.result().wire().equals("key_refused"));
    }

    @Test
    void answers429OnlyWhereEveryKeyIsRateLimited() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(call -> call.json(429, "{\"error\":{\"message\":\"slow\"}}", "retry-after: 17"));

        var refused = stage.chat(REQUEST);
        assertError(refused, 429, "rate_limit_exceeded");
        assertThat(refused.headers().firstValue("retry-after")).contains("17");
        assertThat(refused.headers().firstValue("retry-after-ms"))
                .hasValueSatisfying(ms -> assertThat(Long.parseLong(ms)).isBetween(16_000L, 17_000L));
        assertThat(refused.headers().firstValue("x-should-retry")).isEmpty();

        var again = stage.chat(REQUEST);
        assertError(again, 429, "rate_limit_exceeded");
        assertThat(stage.provider.calls()).hasSize(2);
    }

    @Test
    void answers503WhereNoKeyServesTheModel() throws Exception {
        var refused = stage.chat("{\"model\":\"deep/thought\"," + MESSAGES + "}");

        assertError(refused, 503, "no_available_key");
        assertThat(refused.body())
                .contains("No deposited key serves 'deep/thought' now")
                .contains("\"param\":\"model\"");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
        assertThat(refused.headers().firstValue("retry-after")).isEmpty();
        assertThat(stage.allClosed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"30,", "60,", "61, false"})
    void saysNotToRetryWhereKeysAreOutForMoreThanAMinute(String seconds, @Nullable String shouldRetry)
            throws Exception {
        stage.provider.script(call -> call.json(500, "{}", "retry-after: " + seconds));

        var refused = stage.chat(REQUEST);

        assertError(refused, 503, "no_available_key");
        assertThat(refused.headers().firstValue("retry-after")).contains(seconds);
        assertThat(refused.headers().firstValue("x-should-retry")).isEqualTo(Optional.ofNullable(shouldRetry));
    }

    @Test
    void givesUpAfterItsBudgetOfKeys() throws Exception {
        for (int i = 0; i < 9; i++) {
            stage.addKey("sandbox");
        }
        stage.provider.script(call -> call.json(401, "{}"));

        assertError(stage.chat(REQUEST), 503, "no_available_key");
        assertThat(stage.provider.calls()).hasSize(5);
    }

    @Test
    void blamesAHostThatRefusesConnectionsAndTriesAnother() throws Exception {
        stage.provider.script(Call::cut, call -> call.json(200, answer("Hi", usage(9, 1))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        assertThat(stage.closed().attempts())
                .extracting(attempt -> attempt.result().wire())
                .containsExactly("unreachable", "served");
    }

    @Test
    void givesUpAfterItsBudgetOfHosts() throws Exception {
        stage.provider.script(Call::cut);

        assertError(stage.chat(REQUEST), 503, "no_available_key");
        assertThat(stage.provider.calls()).hasSize(3);
    }
}
