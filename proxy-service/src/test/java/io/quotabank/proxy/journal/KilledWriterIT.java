package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a real process: whatever it had said to be written is replayed. */
class KilledWriterIT {

    private static final int LINES = 4_000;

    @TempDir
    private Path root;

    @RepeatedTest(3)
    void losesNothingThatTheJournalHad() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var opened = new HashSet<UUID>();
        var closed = new HashSet<UUID>();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            for (int i = 0; line != null; i++) {
                if (i == LINES) {
                    // Not the process itself: that would close the pipe before it is read.
                    process.toHandle().destroyForcibly();
                }
                if (line.length() == 37) {
                    (line.charAt(0) == 'O' ? opened : closed).add(UUID.fromString(line.substring(1)));
                }
                line = lines.readLine();
            }
        }
        process.waitFor();

        var transport = new Journals.FakeTransport();
        new Replays(
                        Journals.settings(root, 50_000),
                        Journals.MESSAGES,
                        Journals.meters(),
                        () -> transport,
                        new Journals.FakeStatements())
                .run();
        var events = transport.taken.stream()
                .map(message -> Journals.JSON.readValue(message.event(), UsageEvent.Closed.class))
                .toList();
        assertThat(opened).hasSizeGreaterThan(500);
        assertThat(events).doesNotHaveDuplicates();
        assertThat(ids(events, Outcome.COMPLETED)).containsAll(closed);
        var abandoned = new HashSet<>(opened);
        abandoned.removeAll(ids(events, Outcome.COMPLETED));
        assertThat(ids(events, Outcome.ABANDONED)).containsAll(abandoned);
        // Nothing is made up: at most the one request that the process could not speak of any more.
        assertThat(events.size() - opened.size()).isBetween(0, 1);
    }

    private static Set<UUID> ids(Iterable<UsageEvent.Closed> events, Outcome outcome) {
        var ids = new HashSet<UUID>();
        events.forEach(event -> {
            if (event.outcome() == outcome) {
                ids.add(event.requestId());
            }
        });
        return ids;
    }
}
