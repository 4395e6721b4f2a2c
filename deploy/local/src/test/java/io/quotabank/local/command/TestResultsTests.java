package io.quotabank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.local.command.TestResults.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestResultsTests {

    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path root;

    @BeforeEach
    void modules() throws IOException {
        Files.createDirectories(root.resolve("deploy"));
    }

    @Test
    void sumsOverModulesAndCountsErrorsAsFailures() throws IOException {
        report("platform", "A", 5, 0, 0, 1, BEGAN.plusSeconds(1));
        report("platform", "B", 3, 1, 1, 0, BEGAN.plusSeconds(1));
        report("deploy/local", "C", 2, 0, 0, 0, BEGAN.plusSeconds(1));

        var results = TestResults.since(root, BEGAN);

        assertThat(results.modules())
                .containsEntry("platform", new Count(8, 2, 1))
                .containsEntry("deploy/local", new Count(2, 0, 0));
        assertThat(results.failed()).containsExactly("B");
        assertThat(results.passed()).isFalse();
    }

    @Test
    void doesNotCountReportsOfAnEarlierRun() throws IOException {
        report("platform", "A", 5, 5, 0, 0, BEGAN.minusSeconds(1));
        report("platform", "B", 1, 0, 0, 0, BEGAN.plusSeconds(1));

        assertThat(TestResults.since(root, BEGAN).passed()).isTrue();
    }

    @Test
    void aRunThatSkippedATestHasNotPassed() throws IOException {
        report("platform", "A", 5, 0, 0, 1, BEGAN.plusSeconds(1));
        report("platform", "B", 5, 0, 0, 0, BEGAN.plusSeconds(1));

        var results = TestResults.since(root, BEGAN);

        assertThat(results.passed()).isFalse();
        assertThat(results.skipped()).containsExactly("A");
    }

    @Test
    void aRunWithoutTestsHasNotPassed() throws IOException {
        assertThat(TestResults.since(root, BEGAN).passed()).isFalse();
    }

    private void report(String module, String name, int tests, int failures, int errors, int skipped, Instant at)
            throws IOException {
        var directory = Files.createDirectories(root.resolve(module).resolve("target/surefire-reports"));
        var file = Files.writeString(
                directory.resolve("TEST-" + name + ".xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="%s" time="0.1" tests="%d" errors="%d" skipped="%d" failures="%d">
                  <testcase name="x"/>
                </testsuite>
                """.formatted(name, tests, errors, skipped, failures));
        Files.setLastModifiedTime(file, FileTime.from(at));
    }
}
