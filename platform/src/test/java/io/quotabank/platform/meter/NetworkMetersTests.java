package io.quotabank.platform.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkMetersTests {

    @TempDir
    Path directory;

    @Test
    void sumsWhatCameAndWentOverAllInterfaces() throws Exception {
        var file = Files.writeString(directory.resolve("dev"), """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo:  1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
                  eth0:  2500      20    0    0    0     0          0         0       70       7    0    0    0     0       0          0
                """);
        var registry = new SimpleMeterRegistry();
        new NetworkMeters(file).bindTo(registry);

        assertThat(count(registry, "receive")).isEqualTo(3500);
        assertThat(count(registry, "transmit")).isEqualTo(1070);
    }

    @Test
    void hasNoMetersWhereNobodyCounts() {
        var registry = new SimpleMeterRegistry();
        new NetworkMeters(directory.resolve("absent")).bindTo(registry);

        assertThat(registry.getMeters()).isEmpty();
    }

    private static double count(SimpleMeterRegistry registry, String direction) {
        return registry.get("system.network.io")
                .tag("network.io.direction", direction)
                .functionCounter()
                .count();
    }
}
