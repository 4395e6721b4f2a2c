package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.ROLE;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.delta;
import static io.quotabank.proxy.relay.Chats.stream;
import static io.quotabank.proxy.relay.Chats.usage;
import static io.quotabank.proxy.relay.Chats.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenAiMetersTests {

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
    void tellsOfEachCallOfAProviderAndOfTheCallersRequest() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> call.json(429, "{\"error\":{\"message\":\"slow down\"}}"),
                call -> call.json(200, answer("Hi", usage(9, 3))));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        stage.closed();

        assertThat(timer(GenAiMeters.CLIENT_DURATION, "sandbox", "rate_limited").count())
                .isEqualTo(1);
        assertThat(timer(GenAiMeters.CLIENT_DURATION, "sandbox", "").count()).isEqualTo(1);
        assertThat(tokens("input").totalAmount()).isEqualTo(9);
        assertThat(tokens("output").totalAmount()).isEqualTo(3);
        assertThat(timer(GenAiMeters.SERVER_DURATION, "quotabank", "").count()).isEqualTo(1);
        // Of a plain answer nobody can say when it began to come.
        assertThat(named(GenAiMeters.CLIENT_FIRST_CHUNK)).isZero();
        assertThat(named(GenAiMeters.SERVER_FIRST_TOKEN)).isZero();
    }

    @Test
    void tellsHowAStreamCameAlong() throws Exception {
        stage.provider.script(
                call -> stream(call, ROLE, delta("a"), delta("b"), delta("c"), FINISH, usageChunk(9, 3), "[DONE]"));

        assertThat(stage.chat(STREAM).body()).endsWith("[DONE]\n\n");
        stage.closed();

        assertThat(timer(GenAiMeters.CLIENT_FIRST_CHUNK, "sandbox", "").count()).isEqualTo(1);
        // Six chunks have five gaps between them.
        assertThat(timer(GenAiMeters.CLIENT_CHUNK, "sandbox", "").count()).isEqualTo(5);
        assertThat(timer(GenAiMeters.SERVER_FIRST_TOKEN, "quotabank", "").count())
                .isEqualTo(1);
        assertThat(timer(GenAiMeters.SERVER_TOKEN, "quotabank", "").count()).isEqualTo(1);
    }

    @Test
    void namesARequestThatFailedByHowItEnded() throws Exception {
        stage.provider.script(call -> call.json(400, "{\"error\":{\"message\":\"no\"}}"));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(400);
        stage.closed();

        assertThat(timer(GenAiMeters.SERVER_DURATION, "quotabank", "upstream_refused")
                        .count())
                .isEqualTo(1);
        assertThat(timer(GenAiMeters.CLIENT_DURATION, "sandbox", "request_refused")
                        .count())
                .isEqualTo(1);
        assertThat(named(GenAiMeters.CLIENT_TOKENS)).isZero();
    }

    @Test
    void namesNoMoreThanTwoHundredModelsAndFiftyProviders() {
        var registry = new SimpleMeterRegistry();
        var meters = new GenAiMeters(registry);
        for (int i = 0; i < 300; i++) {
            meters.called("chat", "model-" + i, call("provider-0"), false);
            meters.called("chat", "model-0", call("provider-" + i), false);
            meters.served("chat", "model-" + i, Outcome.COMPLETED, Duration.ofMillis(1), null, 1);
        }

        assertThat(registry.get(GenAiMeters.SERVER_DURATION).timers()).hasSize(201);
        assertThat(registry.get(GenAiMeters.CLIENT_DURATION).timers()).hasSize(200 + 1 + 49 + 1);
        assertThat(registry.get(GenAiMeters.CLIENT_DURATION)
                        .tag(GenAiMeters.PROVIDER, "other")
                        .timer()
                        .count())
                .isEqualTo(250);
    }

    private static UsageEvent.Attempt call(String provider) {
        return new UsageEvent.Attempt(
                UUID.randomUUID(),
                null,
                0,
                provider,
                UsageEvent.Result.SERVED,
                200,
                TokenUsage.NONE,
                Credits.ZERO,
                Credits.ZERO,
                null,
                1,
                null,
                null);
    }

    private Timer timer(String name, String provider, String error) {
        return stage.meters
                .get(name)
                .tag(GenAiMeters.OPERATION, "chat")
                .tag(GenAiMeters.MODEL, RelayStage.MODEL)
                .tag(GenAiMeters.PROVIDER, provider)
                .tag(GenAiMeters.ERROR, error)
                .timer();
    }

    private DistributionSummary tokens(String type) {
        return stage.meters
                .get(GenAiMeters.CLIENT_TOKENS)
                .tag(GenAiMeters.TOKEN_TYPE, type)
                .summary();
    }

    private long named(String name) {
        return stage.meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().equals(name))
                .count();
    }
}
