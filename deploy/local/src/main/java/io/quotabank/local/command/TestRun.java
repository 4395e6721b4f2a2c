package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.FreePorts;
import io.quotabank.local.part.Parts;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All tests: those of the modules, each of which starts a PostgreSQL and a Kafka of its own, two modules at a time; then
 * the system tests on a suite of their own, on ports and in a directory of their own, so that a running suite is not
 * touched.
 */
record TestRun(Path root) {

    // What takes minutes by default and is waited for by tests: leases given back, and released after silence;
    // providers that say nothing or drip; cool-downs; balances looked at.
    private static final Map<String, String> SHORTER = Map.ofEntries(
            Map.entry("proxy-service:quotabank.lease.idle", "2s"),
            Map.entry("proxy-service:quotabank.relay.longest-request", "25s"),
            Map.entry("proxy-service:quotabank.upstream.answer-headers-timeout", "5s"),
            Map.entry("proxy-service:quotabank.upstream.stream-headers-timeout", "5s"),
            Map.entry("ledger-service:quotabank.lease.reserve-for", "20s"),
            Map.entry("ledger-service:quotabank.lease.longest-request", "25s"),
            Map.entry("ledger-service:quotabank.lease.sweep-every", "1s"),
            Map.entry("risk-service:quotabank.failure.pause", "1s"),
            Map.entry("risk-service:quotabank.failure.cool-down", "1s"),
            Map.entry("risk-service:quotabank.balance.every", "3s"),
            Map.entry("risk-service:quotabank.balance.settle", "3s"));

    private static final int COLLECTOR = 70;

    private static final Map<String, Integer> TWO_OF_EACH =
            Parts.identities().stream().collect(Collectors.toMap(Function.identity(), service -> 2));

    int run() throws IOException, InterruptedException {
        requireNode();
        var began = Instant.now();
        var suite = new StateDirectory(root.resolve("target/test-stack/suite"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Down.quietly(suite)));
        int modules = modules();
        int system = modules == 0 ? system(suite) : skipped();
        var results = TestResults.since(root, began);
        results.print();
        var passed = modules == 0 && system == 0 && results.passed();
        if (passed) {
            suite.delete();
        }
        return passed ? 0 : 1;
    }

    // Said at once: the tests that need it come last.
    private static void requireNode() throws InterruptedException {
        for (var tool : List.of("node", "npm")) {
            try {
                new ProcessBuilder(tool, "--version")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException missing) {
                throw new LocalFailure("The tests run the OpenAI SDK for Node and " + tool + " is not on the path:"
                        + " install Node 20 or newer with npm (Debian's packages nodejs and npm, or nodejs.org).");
            }
        }
    }

    // A failing test stops neither its module nor the others: the reports are counted at the end. A module's tests wait
    // for one thing or another half of their time, in which another module's go on.
    private int modules() throws InterruptedException {
        return new Maven(root).run("-T2", "-pl", "!system-tests", "-fae", "-Dmaven.test.failure.ignore=true", "verify");
    }

    private int system(StateDirectory suite) throws IOException, InterruptedException {
        Down.quietly(suite);
        suite.delete();
        int ports = FreePorts.range();
        var settings = new Settings(ports, Map.of(), TWO_OF_EACH, List.of(), settings(ports), false);
        if (new Up(root, suite, settings, true).run() != 0) {
            throw new LocalFailure("What the tests run on did not start; the lines above say why.");
        }
        int code = new Maven(root)
                .run(
                        "-pl",
                        "system-tests",
                        "-am",
                        "-Dtest=io/quotabank/systemtests/**",
                        "-Dsurefire.failIfNoSpecifiedTests=false",
                        "-Dmaven.test.failure.ignore=true",
                        "-Dquotabank.root=" + root,
                        "-Dquotabank.stack=" + suite.stackFile(),
                        "verify");
        Down.quietly(suite);
        return code;
    }

    // Traces go where a test listens, behind the last port of the suite.
    private static Map<String, String> settings(int ports) {
        var settings = new HashMap<>(SHORTER);
        for (var service : Parts.identities()) {
            settings.put(
                    service + ":management.opentelemetry.tracing.export.otlp.endpoint",
                    "http://127.0.0.1:" + (ports + COLLECTOR) + "/v1/traces");
        }
        return settings;
    }

    private static int skipped() {
        System.err.println("The modules did not build: the system tests were not run.");
        return 1;
    }
}
