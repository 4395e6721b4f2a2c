package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.STREAM;
import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.fault;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static io.quotabank.sandbox.RunningSandbox.served;
import static io.quotabank.sandbox.RunningSandbox.socket;
import static io.quotabank.sandbox.RunningSandbox.wire;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are cut, stall or trickle. */
class BrokenAnswerIT {

    @ParameterizedTest
    @ValueSource(strings = {"refuse", "reset"})
    void resetsTheConnectionWithoutAnAnswer(String kind) throws Exception {
        for (var members : new String[] {"\"max_tokens\":8", STREAM}) {
            var key = key();
            fault(key, "{\"kind\":\"" + kind + "\"}", "");
            try (var socket = socket()) {
                socket.getOutputStream().write(wire(key, "1.1", body(members)));
                assertThatThrownBy(() -> socket.getInputStream().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
            assertThat(served(key).get("requests")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "4,3"})
    void cutsAStreamAfterSoManyChunks(int chunks, int tokens) throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"cut\",\"afterChunks\":" + chunks + "}", "");

        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body(STREAM)));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 200 OK")
                    .doesNotContain("[DONE]")
                    .doesNotEndWith("0\r\n\r\n");
            assertThat(answer.split("data: ")).hasSize(chunks + 1);
        }
        await().until(() -> !onlyServed(key).get("open").booleanValue());
        assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(tokens);
    }

    @Test
    void cutsAWholeAnswerHalfWay() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"cut\",\"afterChunks\":1}", "");

        assertThatThrownBy(() -> chat(key, body("\"max_tokens\":8"))).hasCauseInstanceOf(IOException.class);
        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body("\"max_tokens\":8")));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var content = answer.substring(answer.indexOf("\"content\":\"") + 11);
            assertThat(RunningSandbox.O200K.countTokensOrdinary(content)).isEqualTo(4);
        }
        await().untilAsserted(() -> assertThat(served(key).get("requests").valueStream())
                .hasSize(2)
                .allMatch(entry -> entry.get("completionTokens").intValue() == 4)
                .noneMatch(entry -> entry.get("finished").booleanValue()
                        || entry.get("open").booleanValue()));
    }

    @Test
    void stallsAStreamAndKeepsTheConnection() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"stall\",\"afterChunks\":3}", "");

        try (var socket = socket()) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write(wire(key, "1.1", body(STREAM)));
            await().until(() -> served(key).at("/totals/0/completionTokens").intValue() == 2);
            assertThat(untilSilence(socket).split("data: ")).hasSize(4);
            assertThat(onlyServed(key).get("open").booleanValue()).isTrue();
            assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(2);
        }
        await().until(() -> !onlyServed(key).get("open").booleanValue());
        assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
    }

    @Test
    void stallsAWholeAnswerHalfWay() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"stall\"}", "");

        try (var socket = socket()) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write(wire(key, "1.1", body("\"max_tokens\":8")));
            await().until(() -> served(key).at("/totals/0/completionTokens").intValue() == 4);
            assertThat(untilSilence(socket)).contains("\"content\":\"");
            assertThat(onlyServed(key).get("open").booleanValue()).isTrue();
        }
        await().until(() -> !onlyServed(key).get("open").booleanValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"max_tokens\":2", "\"max_tokens\":2,\"stream\":true"})
    void tricklesTheBodyOrTheHeadAsWellAndOnlyThisAnswer(String members) throws Exception {
        for (var from : new String[] {"head", "body"}) {
            var key = key();
            fault(key, "{\"kind\":\"slow\",\"from\":\"" + from + "\",\"bytesPerSecond\":5}", ",\"times\":1");
            try (var socket = socket()) {
                socket.getOutputStream().write(wire(key, "1.1", body(members)));
                var before = System.nanoTime();
                var first = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                assertThat(first).isEqualTo("HTTP/1.1 200");
                if (from.equals("head")) {
                    assertThat(System.nanoTime() - before).isGreaterThan(2_000_000_000L);
                }
                assertThat(socket.getInputStream().available()).isLessThan(700);
            }
            await().until(() -> !onlyServed(key).get("open").booleanValue());
            assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
            assertThat(onlyServed(key).get("completionTokens").intValue()).isZero();
        }
    }

    @Test
    void tricklesToTheEndAndThenServesTheNextOnTheSameConnectionAtOnce() throws Exception {
        var key = key();
        fault(key, "{\"kind\":\"slow\",\"bytesPerSecond\":4000}", ",\"times\":1");
        try (var socket = socket()) {
            var before = System.nanoTime();
            socket.getOutputStream().write(wire(key, "1.1", body(STREAM)));
            socket.getOutputStream().write(wire(key, "1.0", body("\"max_tokens\":1000")));
            var answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.split("HTTP/1.1 200 OK")).hasSize(3);
            assertThat(answers).contains("[DONE]").contains("\"completion_tokens\":1000");
            var bytes = answers.lastIndexOf("HTTP/1.1") - 600;
            assertThat(System.nanoTime() - before).isGreaterThan(bytes / 4000 * 1_000_000_000L);
        }
        await().untilAsserted(() ->
                assertThat(served(key).at("/totals/0/finished").intValue()).isEqualTo(2));
    }

    private static String untilSilence(Socket socket) throws IOException {
        var answer = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                answer.append((char) next);
            }
            throw new AssertionError("The connection was closed.");
        } catch (SocketTimeoutException silence) {
            return answer.toString();
        }
    }
}
