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
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows 1 to 11 of docs/settlement.md, each on real sockets: what is in the closed record when a request ends so. */
class EndingsTests {

    // "Hello there" once more and 40 further words, each a token of its own.
    private static final String WORDS = " word".repeat(40);

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
    void row1RefusedBeforeAnythingWasSentLeavesNoRecord() throws Exception {
        stage.provider.script(call -> call.json(200, answer("x", usage(1, 1))));
        stage.spending.balance(stage.user, new Credits(10));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(402);
        assertThat(stage.provider.calls()).isEmpty();
        assertThat(stage.allClosed()).isEmpty();
        assertThat(stage.journal.nothingOpen()).isTrue();
    }

    @Test
    void row2TheProvidersRefusalOfTheRequestCostsNothing() throws Exception {
        var refusal = "{\"error\":{\"message\":\"bad tool\",\"type\":\"invalid_request_error\",\"code\":null}}";
        stage.provider.script(call -> call.json(400, refusal));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo(refusal);
        var closed = stage.closed();
        assertEnding(closed, Outcome.UPSTREAM_REFUSED, Metering.NONE, TokenUsage.NONE);
        assertThat(closed.served()).isEqualTo(Credits.ZERO);
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.REQUEST_REFUSED);
    }

    @Test
    void row3NoKeyCouldServe() throws Exception {
        stage.provider.script(call -> call.json(500, "{\"error\":{\"message\":\"down\"}}"));

        var refused = stage.chat(REQUEST);

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("no_available_key").contains("small");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        var closed = stage.closed();
        assertEnding(closed, Outcome.UPSTREAM_FAILED, Metering.NONE, TokenUsage.NONE);
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.PROVIDER_ERROR);
    }

    @Test
    void row4CompleteWithAReportCostsWhatIsReported() throws Exception {
        var report = "{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":60},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":5}}";
        stage.provider.script(call -> call.json(200, answer("Hi", report)));

        var answered = stage.chat(REQUEST);

        var closed = stage.closed();
        assertEnding(closed, Outcome.COMPLETED, Metering.REPORTED, new TokenUsage(100, 20, 60, 0, 5));
        // 40 x 3 + 60 x 0.3 + 20 x 15 = 438 per million dollars = 43,800 micro-credits, x 1.3
        assertThat(closed.cost()).isEqualTo(new Credits(56_940));
        assertThat(closed.served()).isEqualTo(closed.cost());
        assertThat(answered.headers().firstValue("x-quotabank-charge")).contains("0.05694");
        assertThat(answered.body()).contains("\"cost\":0.05694}");
        assertThat(closed.attempts().getFirst().ownerId()).isEqualTo(RelayStage.OWNER);
        assertThat(closed.attempts().getFirst().listCost()).isEqualTo(new Credits(43_800));
    }

    @Test
    void row4HoldsForAStream() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(100, 20), "[DONE]"));

        stage.chat(STREAM);

        assertEnding(stage.closed(), Outcome.COMPLETED, Metering.REPORTED, TokenUsage.of(100, 20));
    }

    @Test
    void row5CompleteWithoutAReportIsCounted() throws Exception {
        stage.provider.script(call -> call.json(200, answer(WORDS, "")));

        stage.chat(REQUEST);

        assertEnding(stage.closed(), Outcome.COMPLETED, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 40));
    }

    @Test
    void row5HoldsForAStream() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta(WORDS), FINISH, "[DONE]"));

        stage.chat(STREAM);

        assertEnding(stage.closed(), Outcome.COMPLETED, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 40));
    }

    @Test
    void row6AClientGoneBeforeTheFirstTokenPaysTheInput() throws Exception {
        var gone = new CountDownLatch(1);
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            await(gone);
            commentsUntilCallerGone(call);
        });

        try (var client = stage.connectedClient(STREAM)) {
            client.getInputStream().read();
            client.setSoLinger(true, 0);
        }
        gone.countDown();

        var closed = stage.closed();
        assertEnding(closed, Outcome.CLIENT_GONE, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 0));
        assertThat(closed.served()).isEqualTo(closed.cost());
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.CANCELLED);
    }

    @Test
    void row7AClientGoneLaterPaysInputAndWhatWasReceived() throws Exception {
        var gone = new CountDownLatch(1);
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            call.data(delta(WORDS));
            await(gone);
            commentsUntilCallerGone(call);
        });

        try (var client = stage.connectedClient(STREAM)) {
            client.getInputStream().readNBytes(400);
            client.setSoLinger(true, 0);
        }
        gone.countDown();

        var closed = stage.closed();
        assertEnding(closed, Outcome.CLIENT_GONE, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 40));
        assertThat(closed.served()).isEqualTo(closed.cost());
    }

    @Test
    void row7AnAnswerNearItsEndIsDrainedAndPaidByItsReport() throws Exception {
        var gone = new CountDownLatch(1);
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            call.data(delta(WORDS));
            await(gone);
            // Some writes go through before the client's side of the connection is known to be gone.
            for (int i = 0; i < 20; i++) {
                call.chunk(": still here\n\n");
                pause();
            }
            call.data(FINISH);
            call.data(usageChunk(123, 45));
            call.data("[DONE]");
            call.end();
        });

        try (var client =
                stage.connectedClient(STREAM.replace("\"stream\":true", "\"stream\":true,\"max_tokens\":60"))) {
            client.getInputStream().readNBytes(400);
            client.setSoLinger(true, 0);
        }
        gone.countDown();

        var closed = stage.closed();
        assertEnding(closed, Outcome.CLIENT_GONE, Metering.REPORTED, TokenUsage.of(123, 45));
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.SERVED);
    }

    @Test
    void row8AStreamThatTheProviderBreaksIsPaidAsFarAsItCame() throws Exception {
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            call.data(delta(WORDS));
            call.cut();
        });

        var answered = stage.chat(STREAM);

        assertThat(answered.body())
                .contains(" word word")
                .contains("\"code\":\"upstream_error\"")
                .doesNotContain("[DONE]");
        var closed = stage.closed();
        assertEnding(closed, Outcome.UPSTREAM_CUT, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 40));
        assertThat(closed.served()).isEqualTo(closed.cost());
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.CUT);
    }

    @Test
    void row9WhatAFailedAttemptServedIsThePlatformsLoss() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> stream(call, "{\"error\":{\"message\":\"overloaded\"}}"),
                call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(100, 20), "[DONE]"));

        var answered = stage.chat(STREAM);

        assertThat(answered.body()).contains("Hi").contains("[DONE]").doesNotContain("overloaded");
        var closed = stage.closed();
        assertEnding(closed, Outcome.COMPLETED, Metering.REPORTED, TokenUsage.of(100, 20));
        assertThat(closed.attempts()).hasSize(2);
        var failed = closed.attempts().getFirst();
        assertThat(failed.result()).isEqualTo(Result.PROVIDER_ERROR);
        assertThat(failed.tokens()).isEqualTo(TokenUsage.of(INPUT_TOKENS, 0));
        assertThat(failed.served()).isEqualTo(cost(failed.tokens()));
        assertThat(closed.served()).isEqualTo(closed.cost().plus(failed.served()));
    }

    @Test
    void row10AnAnswerThatTakesTooLongIsPaidAsFarAsItCame() throws Exception {
        try (var hasty = new RelayStage(directory.resolve("hasty"), Duration.ofMillis(700), Duration.ofSeconds(5))) {
            hasty.provider.script(call -> {
                call.stream();
                call.data(ROLE);
                call.data(delta(WORDS));
                call.callerGone();
            });

            var answered = hasty.chat(STREAM);

            assertThat(answered.body()).contains("\"code\":\"timeout\"").doesNotContain("[DONE]");
            assertEnding(hasty.closed(), Outcome.TIMED_OUT, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 40));
        }
    }

    @Test
    void row10BeforeTheFirstTokenOnlyTheInputIsPaid() throws Exception {
        try (var hasty = new RelayStage(directory.resolve("hasty"), Duration.ofMillis(700), Duration.ofSeconds(5))) {
            hasty.provider.script(Call::callerGone);

            var answered = hasty.chat(REQUEST);

            assertThat(answered.statusCode()).isEqualTo(504);
            assertEnding(hasty.closed(), Outcome.TIMED_OUT, Metering.COUNTED, TokenUsage.of(INPUT_TOKENS, 0));
        }
    }

    @Test
    void row11AnAnswerThatOutgrowsItsReservationIsStoppedAtWhatWasReserved() throws Exception {
        // Enough for the input and 20 tokens, not for the 400 that the provider sends all the same.
        stage.spending.balance(stage.user, cost(TokenUsage.of(200, 20)));
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            for (int i = 0; i < 10; i++) {
                call.data(delta(WORDS));
            }
            call.callerGone();
        });

        var answered = stage.chat(STREAM.replace("\"stream\":true", "\"stream\":true,\"max_tokens\":20"));

        assertThat(answered.body()).contains("\"code\":\"insufficient_quota\"").doesNotContain("[DONE]");
        var closed = stage.closed();
        assertThat(closed.outcome()).isEqualTo(Outcome.CREDITS_EXHAUSTED);
        assertThat(closed.metering()).isEqualTo(Metering.COUNTED);
        assertThat(closed.tokens().output()).isGreaterThan(20);
        var reserved = closed.funding().stream().map(UsageEvent.Funding::atMost).reduce(Credits.ZERO, Credits::plus);
        assertThat(closed.cost()).isEqualTo(reserved);
        assertThat(closed.served()).isEqualTo(cost(closed.tokens())).isGreaterThan(closed.cost());
    }

    private void assertEnding(UsageEvent.Closed closed, Outcome outcome, Metering metering, TokenUsage tokens) {
        assertThat(closed.outcome()).isEqualTo(outcome);
        assertThat(closed.metering()).isEqualTo(metering);
        assertThat(closed.tokens()).isEqualTo(tokens);
        assertThat(closed.cost()).isEqualTo(cost(tokens));
        assertThat(closed.tier()).isEqualTo("bronze");
        assertThat(closed.priceVersion()).isEqualTo(7);
    }

    private static Credits cost(TokenUsage tokens) {
        return TestCatalog.priced(RelayStage.MODEL).cost(tokens, 13_000);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the test never came so far");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** The provider's own pace. */
    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    /** Keeps the stream quiet but alive, as providers do, until the proxy gives the connection up. */
    private static void commentsUntilCallerGone(Call call) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    try {
                        call.chunk(": keep-alive\n\n");
                        return false;
                    } catch (IOException gone) {
                        return true;
                    }
                });
    }
}
