package io.quotabank.local.part;

import io.quotabank.local.part.Part.StopStage;
import java.util.Arrays;
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

    /** What is new: all of it is touched sooner or later, whatever the load. */
    int newMb() {
        return Math.max(LEAST_NEW_MB, heapMb / NEW_PART);
    }
}
