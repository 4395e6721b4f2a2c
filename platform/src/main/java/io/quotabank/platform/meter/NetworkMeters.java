package io.quotabank.platform.meter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes over the network as Linux counts them for this process's network namespace: in a container those of this process,
 * else the machine's. The loopback interface counts too. Elsewhere than on Linux there are no such meters.
 */
final class NetworkMeters implements MeterBinder {

    // Of each interface: its name and a colon, eight figures of what came, the first of them bytes, and eight of what
    // went.
    private static final int RECEIVED = 0;
    private static final int SENT = 8;

    private final Path interfaces;

    NetworkMeters(Path interfaces) {
        this.interfaces = interfaces;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (Files.isReadable(interfaces)) {
            counter(registry, "receive", RECEIVED);
            counter(registry, "transmit", SENT);
        }
    }

    private void counter(MeterRegistry registry, String direction, int column) {
        FunctionCounter.builder("system.network.io", this, meters -> meters.sum(column))
                .description("Bytes over all interfaces of the network namespace")
                .tag("network.io.direction", direction)
                .baseUnit("bytes")
                .register(registry);
    }

    private double sum(int column) {
        try {
            return Files.readAllLines(interfaces).stream()
                    .filter(line -> line.indexOf(':') > 0)
                    .map(line -> line.substring(line.indexOf(':') + 1).strip().split("\\s+"))
                    .mapToDouble(figures -> Double.parseDouble(figures[column]))
                    .sum();
        } catch (IOException unreadable) {
            return Double.NaN;
        }
    }
}
