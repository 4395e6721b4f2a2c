package io.quotabank.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that anchor in one directory. */
class AnchorFileTests {

    @TempDir
    Path directory;

    @Test
    void addsNothingThatAnotherHasAdded() throws IOException {
        assertThat(one().add(anchor(7, "a"))).isTrue();
        assertThat(one().add(anchor(7, "a"))).isTrue();
        assertThat(lines()).isEqualTo(1);
    }

    @Test
    void addsNothingBelowWhatAnotherHasAdded() throws IOException {
        assertThat(one().add(anchor(7, "a"))).isTrue();
        assertThat(one().add(anchor(5, "a"))).isTrue();
        assertThat(lines()).isEqualTo(1);
        assertThat(one().newest().orElseThrow().number()).isEqualTo(7);
    }

    @Test
    void tellsOfAnotherAnchorOfTheSameBlockAndLeavesIt() throws IOException {
        assertThat(one().add(anchor(7, "a"))).isTrue();
        assertThat(one().add(anchor(7, "b"))).isFalse();
        assertThat(lines()).isEqualTo(1);
        assertThat(one().newest().orElseThrow().hash()).startsWith("a");
    }

    private AnchorFile one() {
        return new AnchorFile(directory);
    }

    private long lines() throws IOException {
        return Files.readAllLines(directory.resolve(AnchorFile.FILE)).size();
    }

    private static Anchor anchor(long number, String digit) {
        return new Anchor(number, digit.repeat(64), Instant.parse("2026-11-22T10:00:00Z"));
    }
}
