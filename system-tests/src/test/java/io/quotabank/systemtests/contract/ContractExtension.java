package io.quotabank.systemtests.contract;

import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Stack;
import io.quotabank.systemtests.stack.Witness.Exchange;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Holds every call that system tests make at the gateway against the OpenAPI files; a test in which one was not as
 * written there fails. Registered for all of them, so that none can forget it.
 */
public final class ContractExtension implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    // Calls may come from many threads, whose exceptions not every test looks at, and must not be held up by this.
    private static final Queue<Exchange> SEEN = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        if (System.getProperty("quotabank.stack") != null) {
            Http.showTo(SEEN::add);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        failOnFaults();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        failOnFaults();
    }

    private static void failOnFaults() {
        var faults = new LinkedHashSet<String>();
        for (var exchange = SEEN.poll(); exchange != null; exchange = SEEN.poll()) {
            faults.addAll(Watching.INSTANCE.faults(exchange));
        }
        if (!faults.isEmpty()) {
            throw new AssertionError("not as contracts/openapi says:\n" + String.join("\n", faults));
        }
    }

    private static final class Watching {
        private static final Watching INSTANCE = new Watching();

        private final Contracts contracts =
                Contracts.of(Path.of(System.getProperty("quotabank.root", ".."), "contracts", "openapi"));
        private final String gateway = Stack.running().gateway();

        /** Calls of Keycloak, the sandbox and management ports are not of these contracts. */
        List<String> faults(Exchange exchange) {
            return exchange.uri().toString().startsWith(gateway + "/") ? contracts.faults(exchange) : List.of();
        }
    }
}
