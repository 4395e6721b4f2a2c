package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.ROLE;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.STREAM_WITH_USAGE;
import static io.quotabank.proxy.relay.Chats.delta;
import static io.quotabank.proxy.relay.Chats.events;
import static io.quotabank.proxy.relay.Chats.stream;
import static io.quotabank.proxy.relay.Chats.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams as their clients see them. */
class StreamTests {

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
    void withholdsUsageThatTheClientDidNotAskFor() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));

        var answered = stage.chat(STREAM);

        assertThat(answered.body()).isEqualTo(events(ROLE, delta("Hi"), FINISH, "[DONE]"));
        assertThat(answered.headers().firstValue("content-type")).contains("text/event-stream");
        assertThat(answered.headers().firstValue("x-quotabank-reserved")).isPresent();
        assertThat(answered.headers().firstValue("x-quotabank-charge")).isEmpty();
        assertThat(stage.provider.calls().getFirst().body()).contains("\"include_usage\":true");
    }

    @Test
    void tellsUsageWithItsCostToAClientThatAsked() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));

        var withCost = usageChunk(9, 1).replace("}}", ",\"cost\":0.00546}}");
        assertThat(stage.chat(STREAM_WITH_USAGE).body())
                .isEqualTo(events(ROLE, delta("Hi"), FINISH, withCost, "[DONE]"));
    }

    @Test
    void endsWithoutAnEndMarkWhereTheProviderSentNone() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH));

        assertThat(stage.chat(STREAM).body()).isEqualTo(events(ROLE, delta("Hi"), FINISH));
        assertThat(stage.closed().outcome().wire()).isEqualTo("completed");
    }

    @Test
    void fakesNoEndForAStreamThatJustStops() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi")));

        assertThat(stage.chat(STREAM).body())
                .startsWith(events(ROLE, delta("Hi")))
                .contains("upstream_error")
                .doesNotContain("[DONE]");
        assertThat(stage.closed().outcome().wire()).isEqualTo("upstream_cut");
    }

    @Test
    void alwaysStreamsUnderTheModelsAddress() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(9, 1), "[DONE]"));
        var request = stage.request("/api/v1/proxy/small/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString("{" + MESSAGES + "}"))
                .build();

        assertThat(stage.send(request).body()).isEqualTo(events(ROLE, delta("Hi"), FINISH, "[DONE]"));
        assertThat(stage.provider.calls().getFirst().body())
                .isEqualTo("{\"model\":\"small\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                        + MESSAGES + "}");
    }

    @Test
    void usesOneConnectionForOneAnswerAfterAnother() throws Exception {
        stage.provider.script(call -> stream(call, ROLE, delta("Hi"), FINISH, "[DONE]"));
        for (int i = 0; i < 3; i++) {
            stage.chat(STREAM);
        }

        assertThat(stage.provider.connections()).isEqualTo(1);
    }
}
