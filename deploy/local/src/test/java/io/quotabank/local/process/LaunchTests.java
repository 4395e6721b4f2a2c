package io.quotabank.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTests {

    @TempDir
    private Path directory;

    private Path log;

    @BeforeEach
    void log() {
        log = directory.resolve("part.log");
    }

    @Test
    void aProcessWhosePidWasNotWrittenDownNeverRunsItsCommand() throws InterruptedException {
        var made = directory.resolve("made");
        var launch = new Launch(List.of("touch", made.toString()), Map.of(), directory);
        var started = new ArrayList<ProcessHandle>();

        assertThatThrownBy(() -> launch.start(log, handle -> {
                    started.add(handle);
                    throw new IllegalStateException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(started.getFirst().onExit().orTimeout(5, TimeUnit.SECONDS)).succeedsWithin(Duration.ofSeconds(5));
        assertThat(made).doesNotExist();
    }

    @Test
    void theRecordedPidIsThatOfTheCommand() throws IOException, InterruptedException {
        var recorded = new ArrayList<Long>();
        var launch = new Launch(List.of("sh", "-c", "echo $$"), Map.of(), directory);

        launch.start(log, handle -> recorded.add(handle.pid())).waitFor();

        assertThat(log).hasContent(recorded.getFirst().toString());
    }

    @Test
    void aChildSeesOnlyTheVariablesThatAreMeantForIt() throws IOException, InterruptedException {
        var launch = new Launch(List.of("env"), Map.of("FOR_THE_CHILD", "yes"), directory);

        launch.start(log, handle -> {}).waitFor();

        assertThat(Files.readAllLines(log))
                .contains("FOR_THE_CHILD=yes")
                // The test runner has it, and it stands for whatever else a person's environment holds.
                .noneMatch(line -> line.startsWith("JAVA_HOME="));
        assertThat(System.getenv()).containsKey("JAVA_HOME");
    }
}
