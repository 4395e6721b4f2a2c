package io.quotabank.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackFileTests {

    @TempDir
    private Path root;

    @Test
    void namesTheJournalOfTheProcessThatRuns() throws IOException {
        var before = Files.createDirectory(root.resolve("proxy-service-01a1fee3-748e-7000-96ed-efb5a52a1dba"));
        var now = Files.createDirectory(root.resolve("proxy-service-01a1fee4-0000-7000-8000-000000000001"));
        var second = Files.createDirectory(root.resolve("proxy-service-2-01a1fee9-7333-7000-b7da-bcea321604e1"));

        assertThat(StackFile.newest(root.resolve("proxy-service"))).contains(now);
        assertThat(StackFile.newest(root.resolve("proxy-service-2"))).contains(second);
        Files.delete(now);
        assertThat(StackFile.newest(root.resolve("proxy-service"))).contains(before);
    }

    @Test
    void namesNoneBeforeThereIsOne() {
        assertThat(StackFile.newest(root.resolve("proxy-service"))).isEmpty();
        assertThat(StackFile.newest(root.resolve("journal").resolve("proxy-service")))
                .isEmpty();
    }
}
