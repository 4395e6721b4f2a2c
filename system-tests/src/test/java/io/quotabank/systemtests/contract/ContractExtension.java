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

    // Calls may come from many threads, whose exceptions not every test looks at.
    private static final Queue<String> FAULTS = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        if (System.getProperty("quotabank.stack") != null) {
            Http.showTo(Watching.INSTANCE::look);
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
        for (var fault = FAULTS.poll(); fault != null; fault = FAULTS.poll()) {
            faults.add(fault);
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
        void look(Exchange exchange) {
            if (exchange.uri().toString().startsWith(gateway + "/")) {
                List<String> faults = contracts.faults(exchange);
                FAULTS.addAll(faults);
            }
        }
    }
}
