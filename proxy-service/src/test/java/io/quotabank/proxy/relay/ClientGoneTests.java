package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.INPUT_TOKENS;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.ROLE;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.delta;
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
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows 6 and 7 of docs/settlement.md where nothing is written to the client that could tell that it has left. */
class ClientGoneTests {

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
    void row6AClientThatLeavesASilentProviderEndsTheCallAndPaysTheInput() throws Exception {
        var hungUp = silentProvider();

        sendAndLeave(REQUEST);

        assertThat(hungUp.get(3, TimeUnit.SECONDS)).isTrue();
        assertInputOnly(stage.closed());
    }

    @Test
    void row6AClientOfAStreamThatLeavesASilentProviderEndsTheCallAndPaysTheInput() throws Exception {
        var hungUp = silentProvider();

        sendAndLeave(STREAM);

        assertThat(hungUp.get(3, TimeUnit.SECONDS)).isTrue();
        assertInputOnly(stage.closed());
    }

    @Test
    void row6WhatTheProviderSendsAfterTheClientLeftIsNotPaid() throws Exception {
        var left = new CountDownLatch(1);
        stage.provider.script(call -> {
            call.stream();
            await(left);
            call.data(delta(WORDS));
            call.data(FINISH);
            call.data(usageChunk(9, 40));
            call.data("[DONE]");
            call.end();
        });

        // So few tokens to come that an answer under way would be read to its end.
        sendAndLeave(STREAM.replace("\"stream\":true", "\"stream\":true,\"max_tokens\":30"));
        left.countDown();

        assertInputOnly(stage.closed());
    }

    @Test
    void row6AWholeAnswerThatCameBeforeTheClientLeftIsComplete() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hi", usage(9, 1))));

        try (var client = stage.connectedClient(REQUEST)) {
            assertThat(client.getInputStream().read()).isPositive();
        }

        assertThat(stage.closed().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void row6NoOtherKeyIsTriedForAClientThatLeft() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(Call::callerGone, call -> call.json(200, answer("Hi", usage(9, 1))));

        sendAndLeave(REQUEST);

        assertInputOnly(stage.closed());
        assertThat(stage.provider.calls()).hasSize(1);
    }

    @Test
    void row7AStreamThatStallsAfterItsClientLeftIsCancelled() throws Exception {
        var hungUp = new CompletableFuture<Boolean>();
        stage.provider.script(call -> {
            call.stream();
            call.data(ROLE);
            call.data(delta(WORDS));
            hungUp.complete(call.callerGone());
        });

        try (var client = stage.connectedClient(STREAM)) {
            client.getInputStream().readNBytes(400);
        }

        assertThat(hungUp.get(6, TimeUnit.SECONDS)).isTrue();
        var closed = stage.closed();
        assertThat(closed.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(INPUT_TOKENS, 40));
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.CANCELLED);
    }

    @Test
    void aConnectionThatGoesOnServesItsNextRequest() throws Exception {
        stage.provider.script(call -> {
            pause(200);
            call.json(200, answer("Hi", usage(9, 1)));
        });

        for (int i = 0; i < 3; i++) {
            assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);
        }
    }

    /** A provider that takes the request and says nothing; tells when the other side hangs up. */
    private CompletableFuture<Boolean> silentProvider() {
        var hungUp = new CompletableFuture<Boolean>();
        stage.provider.script(call -> hungUp.complete(call.callerGone()));
        return hungUp;
    }

    private void sendAndLeave(String body) throws IOException {
        try (Socket client = stage.connectedClient(body)) {
            assertThat(client.isConnected()).isTrue();
            Awaitility.await().until(() -> !stage.provider.calls().isEmpty());
        }
    }

    private static void assertInputOnly(UsageEvent.Closed closed) {
        assertThat(closed.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(closed.metering()).isEqualTo(Metering.COUNTED);
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(INPUT_TOKENS, 0));
        assertThat(closed.cost()).isEqualTo(cost(closed.tokens())).isEqualTo(closed.served());
        assertThat(closed.attempts()).extracting(UsageEvent.Attempt::result).containsExactly(Result.CANCELLED);
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
            throw new IOException(stop);
        }
    }

    private static void pause(int ms) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }
}
