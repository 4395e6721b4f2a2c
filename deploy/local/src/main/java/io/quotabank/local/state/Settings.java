package io.quotabank.local.state;

import io.quotabank.local.LocalFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a suite is laid out.
 *
 * @param portsFrom the gateway's port; every other port follows from it
 * @param ports single ports moved elsewhere, by part name
 * @param scale how many instances of a service run, 1 where it is absent; not kept between runs
 * @param parts the only parts to start, all where it is empty
 * @param overrides settings of services by {@code SERVICE:KEY}, over what they are told otherwise; not kept between runs
 * @param training whether this run only makes start caches for later ones
 */
public record Settings(
        int portsFrom,
        Map<String, Integer> ports,
        Map<String, Integer> scale,
        List<String> parts,
        Map<String, String> overrides,
        boolean training) {

    public static final int DEFAULT_PORT = 8000;
    public static final int MOST_INSTANCES = 5;
    private static final int HIGHEST_PORT = 65_535;
    private static final int PORTS = 71;

    public Settings {
        ports = Map.copyOf(ports);
        scale = Map.copyOf(scale);
        parts = List.copyOf(parts);
        // Absent in what an older build kept.
        overrides = overrides == null ? Map.of() : Map.copyOf(overrides);
        if (portsFrom < 1024 || portsFrom > HIGHEST_PORT - PORTS) {
            throw new LocalFailure("Ports have to start between 1024 and 65464; choose another with --ports-from N.");
        }
        scale.forEach((service, instances) -> {
            if (instances < 1 || instances > MOST_INSTANCES) {
                throw new LocalFailure("Run 1 to " + MOST_INSTANCES + " instances of " + service + ", not " + instances
                        + ": --scale " + service + "=2.");
            }
        });
    }

    public Settings(int portsFrom, Map<String, Integer> ports, Map<String, Integer> scale, List<String> parts) {
        this(portsFrom, ports, scale, parts, Map.of(), false);
    }

    public static Settings defaults() {
        return new Settings(DEFAULT_PORT, Map.of(), Map.of(), List.of());
    }

    /** What the state directory was last started with, so that its addresses stay; one instance of everything. */
    public static Settings remembered(StateDirectory state) {
        return StateFiles.readJson(file(state), Settings.class)
                .map(kept -> new Settings(kept.portsFrom(), kept.ports(), Map.of(), List.of()))
                .orElseGet(Settings::defaults);
    }

    public void keep(StateDirectory state) {
        StateFiles.writeJson(file(state), this);
    }

    public int instances(String service) {
        return scale.getOrDefault(service, 1);
    }

    /** What one service is told differently, by key. */
    public Map<String, String> overrides(String service) {
        var prefix = service + ":";
        return overrides.entrySet().stream()
                .filter(override -> override.getKey().startsWith(prefix))
                .collect(Collectors.toMap(
                        override -> override.getKey().substring(prefix.length()), Map.Entry::getValue));
    }

    public boolean includes(String part) {
        return parts.isEmpty() || parts.contains(part);
    }

    private static Path file(StateDirectory state) {
        return state.root().resolve("settings.json");
    }
}
