package io.quotabank.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client hears of a stream that says nothing. */
class HeartBeatTests {

    private static final String CHUNK = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":7,"
            + "\"model\":\"small\",\"system_fingerprint\":\"fp\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},"
            + "\"finish_reason\":null}]}";
    private static final String BEAT = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":7,"
            + "\"model\":\"small\",\"choices\":[]}";

    private static final String DATA = "data: ";

    @TempDir
    Path directory;

    @Test
    void fillsSilenceWithChunksWithoutChoices() throws Exception {
        var heard = new CountDownLatch(2);
        try (var stage = stage(Duration.ofMillis(100))) {
            stage.provider.script(call -> answer(call, CHUNK, heard));

            var events = events(stage, heard);

            assertThat(events).startsWith(CHUNK, BEAT, BEAT).endsWith(Chats.FINISH, "[DONE]");
            assertThat(events).containsOnly(CHUNK, BEAT, Chats.FINISH, "[DONE]");
            assertThat(stage.closed().outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(stage.closed().tokens().output()).isEqualTo(1);
        }
    }

    @Test
    void staysSilentWhereItHasNothingToMakeAChunkOf() throws Exception {
        try (var stage = stage(Duration.ofMillis(20))) {
            // Its chunks have neither a model nor a date.
            stage.provider.script(call -> answer(call, Chats.delta("Hi"), new CountDownLatch(0)));

            assertThat(events(stage, new CountDownLatch(1))).containsExactly(Chats.delta("Hi"), Chats.FINISH, "[DONE]");
        }
    }

    @Test
    void leavesAConnectionAloneOnceItsAnswerIsOver() throws Exception {
        try (var stage = stage(Duration.ofMillis(20))) {
            stage.provider.script(call -> answer(call, CHUNK, new CountDownLatch(0)));
            for (int i = 0; i < 3; i++) {
                assertThat(stage.chat(Chats.STREAM).body()).endsWith("data: [DONE]\n\n");
                pause();
            }
            assertThat(stage.provider.connections()).isEqualTo(1);
        }
    }

    private RelayStage stage(Duration heartBeat) throws Exception {
        return new RelayStage(directory, Duration.ofSeconds(20), Duration.ofSeconds(15), heartBeat);
    }

    /** Says nothing after its first chunk until the client has heard enough, and for some while at least. */
    private static void answer(Call call, String first, CountDownLatch heard) throws IOException {
        call.stream();
        call.data(first);
        try {
            heard.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
        pause();
        call.data(Chats.FINISH);
        call.data("[DONE]");
        call.end();
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }

    private static List<String> events(RelayStage stage, CountDownLatch heard) throws IOException {
        var events = new ArrayList<String>();
        try (var client = stage.connectedClient(Chats.STREAM);
                var lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DATA)) {
                    var event = line.substring(DATA.length());
                    events.add(event);
                    if (event.equals(BEAT)) {
                        heard.countDown();
                    }
                    if (event.equals("[DONE]")) {
                        return events;
                    }
                }
            }
        }
        return events;
    }
}
