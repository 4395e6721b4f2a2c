package io.quotabank.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessMarkTests {

    @Test
    void findsTheProcessThatWasMarked() {
        var mark = ProcessMark.of(ProcessHandle.current()).orElseThrow();

        assertThat(mark.find()).contains(ProcessHandle.current());
    }

    @Test
    void takesAStrangerWithTheSamePidForAStranger() {
        var mark = ProcessMark.of(ProcessHandle.current()).orElseThrow();

        assertThat(new ProcessMark(mark.pid(), mark.started() + "0").find()).isEmpty();
    }

    @Test
    void doesNotFindAProcessThatEnded() throws IOException, InterruptedException {
        var process = new ProcessBuilder("sleep", "60").start();
        var mark = ProcessMark.of(process.toHandle()).orElseThrow();
        assertThat(mark.find()).isPresent();

        Ending.of(process.toHandle(), Signal.TERM, Duration.ofSeconds(5));
        process.waitFor();

        assertThat(mark.find()).isEmpty();
    }

    @Test
    void killsWhatDoesNotListenAndItsChildren() throws IOException {
        var process = new ProcessBuilder(
                        "sh", "-c", "trap '' TERM; sleep 61 & echo up; while :; do wait; sleep 1; done")
                .start();
        try (var lines = process.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("up");
            var child = process.toHandle().descendants().findFirst().orElseThrow();

            Ending.of(process.toHandle(), Signal.TERM, Duration.ofMillis(200));

            assertThat(process.toHandle().onExit()).succeedsWithin(Duration.ofSeconds(5));
            assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(5));
        }
    }
}
