package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes keep their journals under one root. */
class SharedRootIT {

    @TempDir
    private Path root;

    @Test
    void nobodyTakesTheJournalOfALivingProcess() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var name = lines.readLine();
            for (int i = 0; i < 20; i++) {
                assertThat(lines.readLine()).isEqualTo(name);
                assertThat(JournalDirectory.orphans(root)).isEmpty();
            }

            process.destroyForcibly().waitFor();
            var orphans = JournalDirectory.orphans(root);
            assertThat(orphans)
                    .extracting(orphan -> orphan.path().getFileName().toString())
                    .isEqualTo(List.of(name));
            orphans.getFirst().delete();
            assertThat(root).isEmptyDirectory();
        } finally {
            process.destroyForcibly();
        }
    }
}
