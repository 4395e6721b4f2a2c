package io.quotabank.local.part;

import io.quotabank.local.state.Settings;
import java.util.Map;

/** Which part listens where: the gateway first, the rest in one range behind it. */
final class Ports {

    /** Past the end of the range that begins with the gateway's port. */
    static final int RANGE = 71;

    // Room for five instances of each, two ports an instance.
    private static final Map<String, Integer> OFFSETS = Map.ofEntries(
            Map.entry("gateway-service", 0),
            Map.entry("keycloak", 2),
            Map.entry("postgres", 4),
            Map.entry("kafka", 5),
            Map.entry("sandbox", 7),
            Map.entry("ledger-service", 10),
            Map.entry("pool-service", 20),
            Map.entry("proxy-service", 30),
            Map.entry("usage-log", 40),
            Map.entry("risk-service", 50),
            Map.entry("sandbox-payments", 68));

    // The gateway's first port is where people look; there is no room for others right behind it.
    private static final Map<String, Integer> FROM_THE_SECOND_ON = Map.of("gateway-service", 60);

    private final Settings settings;

    Ports(Settings settings) {
        this.settings = settings;
    }

    /** @param index of the instance, from 1 */
    int of(String kind, int index) {
        var moved = settings.ports().get(instance(kind, index));
        return moved != null ? moved : settings.portsFrom() + offset(kind, index);
    }

    /** The second port of a part: management, or whatever else only this machine asks. */
    int second(String kind, int index) {
        return settings.portsFrom() + offset(kind, index) + 1;
    }

    static String instance(String kind, int index) {
        return index == 1 ? kind : kind + "-" + index;
    }

    static boolean known(String kind) {
        return OFFSETS.containsKey(kind);
    }

    private static int offset(String kind, int index) {
        var others = FROM_THE_SECOND_ON.get(kind);
        if (index > 1 && others != null) {
            return others + 2 * (index - 2);
        }
        var offset = OFFSETS.get(kind);
        if (offset == null) {
            throw new IllegalArgumentException("no such part: " + kind);
        }
        return offset + 2 * (index - 1);
    }
}
