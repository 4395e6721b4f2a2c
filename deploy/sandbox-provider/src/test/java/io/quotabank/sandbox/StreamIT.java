package io.quotabank.sandbox;

import static io.quotabank.sandbox.RunningSandbox.O200K;
import static io.quotabank.sandbox.RunningSandbox.body;
import static io.quotabank.sandbox.RunningSandbox.chat;
import static io.quotabank.sandbox.RunningSandbox.content;
import static io.quotabank.sandbox.RunningSandbox.events;
import static io.quotabank.sandbox.RunningSandbox.json;
import static io.quotabank.sandbox.RunningSandbox.key;
import static io.quotabank.sandbox.RunningSandbox.onlyServed;
import static io.quotabank.sandbox.RunningSandbox.socket;
import static io.quotabank.sandbox.RunningSandbox.wire;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StreamIT {

    @Test
    void sendsRoleThenATokenAnEventThenTheEnd() {
        var key = key();
        var answer = chat(key, body("\"stream\":true,\"max_tokens\":5"));
        var events = events(answer.body());

        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(events).hasSize(7).allSatisfy(event -> {
            assertThat(event.get("object").stringValue()).isEqualTo("chat.completion.chunk");
            assertThat(event.get("id")).isEqualTo(events.getFirst().get("id"));
            assertThat(event.has("usage")).isFalse();
        });
        assertThat(events.getFirst().at("/choices/0/delta/role").stringValue()).isEqualTo("assistant");
        assertThat(events.subList(1, 6)).allSatisfy(event -> {
            assertThat(O200K.countTokensOrdinary(
                            event.at("/choices/0/delta/content").stringValue()))
                    .isEqualTo(1);
            assertThat(event.at("/choices/0/finish_reason").isNull()).isTrue();
        });
        assertThat(events.getLast().at("/choices/0/finish_reason").stringValue())
                .isEqualTo("length");
        assertThat(O200K.countTokensOrdinary(content(events))).isEqualTo(5);
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("completionTokens").intValue()).isEqualTo(5);
    }

    @Test
    void tellsUsageInAnEventOfItsOwnWhenAsked() {
        var body = body("\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":5");
        var events = events(chat(key(), body).body());

        assertThat(events).hasSize(8);
        assertThat(events.subList(0, 7))
                .allSatisfy(event -> assertThat(event.get("usage").isNull()).isTrue());
        assertThat(events.getLast().get("choices")).isEmpty();
        assertThat(events.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(5);
        assertThat(events.getLast().at("/usage/prompt_tokens").intValue()).isEqualTo(9);
    }

    @Test
    void streamsAFunctionsArguments() {
        var tool =
                "\"stream\":true,\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
                        + "\"save\",\"parameters\":{\"properties\":{\"n\":{\"const\":\"日本\"}}}}}]";
        var key = key();
        var events = events(chat(key, body(tool)).body());

        var first = events.getFirst().at("/choices/0/delta/tool_calls/0");
        assertThat(first.at("/function/name").stringValue()).isEqualTo("save");
        assertThat(first.get("id").stringValue()).startsWith("call_");
        var arguments = new StringBuilder();
        events.forEach(event -> arguments.append(
                event.at("/choices/0/delta/tool_calls/0/function/arguments").asString("")));
        assertThat(json(arguments.toString())).isEqualTo(json("{\"n\":\"日本\"}"));
        assertThat(events.getLast().at("/choices/0/finish_reason").stringValue())
                .isEqualTo("tool_calls");
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(onlyServed(key).get("completionTokens").intValue())
                .isEqualTo(O200K.countTokensOrdinary("save") + O200K.countTokensOrdinary(arguments.toString()));
    }

    @Test
    void pacesAStreamAndStopsItWhenTheClientLeaves() throws Exception {
        var key = key("\"tokensPerSecond\":50");
        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body("\"stream\":true,\"max_tokens\":100000")));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            var events = lines.lines().filter(line -> line.startsWith("data: ")).limit(10);
            assertThat(events.count()).isEqualTo(10);
            assertThat(onlyServed(key).get("open").booleanValue()).isTrue();
        }
        // At 50 a second, what is sent before the leaving is noticed is nowhere near the 100,000 that an unpaced stream
        // is.
        await().until(() -> !onlyServed(key).get("open").booleanValue());
        assertThat(onlyServed(key).get("finished").booleanValue()).isFalse();
        assertThat(onlyServed(key).get("completionTokens").intValue()).isBetween(9, 10_000);
    }

    @Test
    void sendsNoMoreThanASlowClientTakes() throws Exception {
        var key = key();
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), RunningSandbox.port()));
            socket.getOutputStream().write(wire(key, "1.0", body("\"stream\":true,\"max_tokens\":128000")));
            var last = new AtomicInteger(-1);
            await().until(() -> sent(key) > 0 && last.getAndSet(sent(key)) == sent(key));
            assertThat(sent(key)).isLessThan(128_000);
            assertThat(onlyServed(key).get("open").booleanValue()).isTrue();

            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(content(events(answer.substring(answer.indexOf("\r\n\r\n") + 4)))
                            .split(" "))
                    .hasSizeGreaterThan(100_000);
        }
        await().until(() -> onlyServed(key).get("finished").booleanValue());
        assertThat(sent(key)).isEqualTo(128_000);
    }

    private static int sent(String key) {
        JsonNode requests = RunningSandbox.served(key).get("requests");
        return requests.isEmpty() ? 0 : requests.get(0).get("completionTokens").intValue();
    }

    @Test
    void keepsManyStreamsAndItsCountsApart() {
        var key = key("\"tokensPerSecond\":2000");
        var body = body("\"stream\":true,\"max_tokens\":200");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 100; i++) {
                threads.execute(() ->
                        assertThat(content(events(chat(key, body).body()))).isNotEmpty());
            }
        }
        await().untilAsserted(() -> {
            var totals = RunningSandbox.served(key).at("/totals/0");
            assertThat(totals.get("finished").intValue()).isEqualTo(100);
            assertThat(totals.get("completionTokens").intValue()).isEqualTo(20_000);
        });
    }

    @Test
    void answersRequestsSentAheadInTheirOrder() throws Exception {
        var key = key();
        try (var socket = socket()) {
            socket.getOutputStream().write(wire(key, "1.1", body("\"stream\":true,\"max_tokens\":3")));
            socket.getOutputStream().write(wire(key, "1.1", body("\"max_tokens\":2")));
            socket.getOutputStream().write(wire(key, "1.0", body("\"max_tokens\":1")));
            var answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.split("HTTP/1.1 200 OK")).hasSize(4);
            assertThat(answers.indexOf("[DONE]")).isLessThan(answers.indexOf("\"completion_tokens\":2"));
            assertThat(answers.indexOf("\"completion_tokens\":2"))
                    .isLessThan(answers.indexOf("\"completion_tokens\":1"));
        }
    }

    @Test
    void streamsToTheJdksClientLineByLine() {
        var lines = chat(key(), body("\"stream\":true,\"max_tokens\":4"), BodyHandlers.ofLines())
                .body();

        assertThat(RunningSandbox.data(lines)).hasSize(7).endsWith("[DONE]");
    }
}
