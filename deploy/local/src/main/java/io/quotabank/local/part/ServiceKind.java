package io.quotabank.local.part;

import io.quotabank.local.part.Part.StopStage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Quotabank's own processes. */
enum ServiceKind {
    LEDGER("ledger-service", "ledger-service", "ledger", StopStage.SERVICES, 512),
    POOL("pool-service", "pool-service", "pool", StopStage.SERVICES, 160),
    PROXY("proxy-service", "proxy-service", "proxy", StopStage.PROXIES, 320),
    USAGE_LOG("usage-log", "proxy-service", "proxy", StopStage.SERVICES, 128),
    RISK("risk-service", "risk-service", "risk", StopStage.SERVICES, 128),
    GATEWAY("gateway-service", "gateway-service", null, StopStage.DOOR, 192);

    private static final int LEAST_NEW_MB = 80;
    private static final int NEW_PART = 4;

    private final String id;
    private final String module;
    private final @Nullable String database;
    private final StopStage stop;
    private final int heapMb;

    ServiceKind(String id, String module, @Nullable String database, StopStage stop, int heapMb) {
        this.id = id;
        this.module = module;
        this.database = database;
        this.stop = stop;
        this.heapMb = heapMb;
    }

    static Optional<ServiceKind> of(String id) {
        return Arrays.stream(values()).filter(kind -> kind.id.equals(id)).findFirst();
    }

    /** The service id that peers know it by. */
    String id() {
        return id;
    }

    String module() {
        return module;
    }

    @Nullable
    String database() {
        return database;
    }

    StopStage stop() {
        return stop;
    }

    int heapMb() {
        return heapMb;
    }

    /**
     * How its heap is collected. What is kept is old; a heap is larger for that, and only what is new is touched while
     * nothing happens. The ledger's batches have to fit where the young survive: if they are taken for old, the whole heap
     * is collected every few seconds, which took a third of its time.
     */
    List<String> collector() {
        return this == LEDGER
                ? List.of(
                        "-XX:+UseParallelGC",
                        "-XX:-UseAdaptiveSizePolicy",
                        "-XX:NewSize=320m",
                        "-XX:MaxNewSize=320m",
                        "-XX:SurvivorRatio=4")
                : List.of("-XX:+UseSerialGC", "-XX:MaxNewSize=" + Math.max(LEAST_NEW_MB, heapMb / NEW_PART) + "m");
    }
}
