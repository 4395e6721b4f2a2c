package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.delta;
import static io.quotabank.proxy.relay.Chats.usage;
import static io.quotabank.proxy.relay.Chats.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy with little room refuses what does not fit and goes on. */
class CrowdedTests {

    private static final int LARGE = 400_000;

    @TempDir
    Path directory;

    @Test
    void refusesAThirdStreamWhereTwoFitAndTakesItOnceOneHasEnded() throws Exception {
        try (var stage = RelayStage.small(directory, 2 * Intake.EACH)) {
            var goOn = new CountDownLatch(1);
            stage.provider.script(call -> {
                call.stream();
                call.data(delta("word"));
                await(goOn);
                call.data(FINISH);
                call.data(usageChunk(9, 1));
                call.data("[DONE]");
                call.end();
            });
            try (var first = stage.connectedClient(STREAM);
                    var second = stage.connectedClient(STREAM)) {
                assertThat(first.getInputStream().read()).isEqualTo('H');
                assertThat(second.getInputStream().read()).isEqualTo('H');

                assertRefused(stage.chat(REQUEST));
                assertThat(stage.provider.calls()).hasSize(2);
                goOn.countDown();
                assertThat(new String(first.getInputStream().readNBytes(400), StandardCharsets.UTF_8))
                        .startsWith("TTP/1.1 200");
            }
            awaitNothingHeld(stage);

            assertThat(stage.chat(STREAM).body()).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void refusesABodyForWhichThereIsNoRoom() throws Exception {
        try (var stage = RelayStage.small(directory, Intake.EACH + LARGE)) {
            stage.provider.script(call -> call.json(200, answer("yes", usage(9, 1))));

            assertRefused(stage.chat(REQUEST.replace("Hello", "x".repeat(LARGE))));
            assertThat(stage.provider.calls()).isEmpty();
            awaitNothingHeld(stage);
            assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void givesNoRoomToWhatACallerOnlyClaimsToSend() throws Exception {
        try (var stage = RelayStage.small(directory, 2 * Intake.EACH)) {
            stage.provider.script(call -> call.json(200, answer("yes", usage(9, 1))));
            try (var claims = stage.claimingClient(9_000_000)) {
                Awaitility.await().until(() -> stage.room.taken() > 0);

                assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
                Awaitility.await().until(() -> stage.room.taken() == Intake.EACH);
                assertThat(claims.isConnected()).isTrue();
            }
        }
    }

    @Test
    void takesNothingForAnAnswerThatFindsNoRoomAndAsksToTryAgain() throws Exception {
        try (var stage = RelayStage.small(directory, Intake.EACH + LARGE)) {
            stage.provider.script(call -> call.json(200, answer("x".repeat(LARGE), usage(9, 1))));

            assertRefused(stage.chat(REQUEST));

            var closed = stage.closed();
            assertThat(closed.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
            assertThat(closed.cost()).isEqualTo(Credits.ZERO);
            assertThat(closed.attempts())
                    .singleElement()
                    .satisfies(call -> assertThat(call.result()).isEqualTo(Result.CANCELLED));
            awaitNothingHeld(stage);
        }
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("service_unavailable");
        assertThat(answer.headers().firstValue("retry-after")).contains("1");
    }

    private static void awaitNothingHeld(RelayStage stage) {
        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> stage.room.taken() == 0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
