package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.FreePorts;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the benchmarks of system-tests against the suite, which it starts if it is down. The ledger's has PostgreSQL, Kafka
 * and a ledger of its own, made anew for it.
 */
record Bench(Path root, StateDirectory state, Settings settings, List<String> names) {

    private static final String MAIN = "io.quotabank.systemtests.bench.Bench";
    private static final String LEDGER = "ledger";
    private static final List<String> LEDGER_PARTS = List.of("postgres", "kafka", "ledger-service");
    // The benchmark reconciles itself, at a time when nothing else is measured.
    private static final Map<String, String> SETTINGS = Map.of("ledger-service:quotabank.reconciliation.every", "1d");

    int run() throws IOException, InterruptedException {
        if (!names.equals(List.of(LEDGER))
                && new ControlClient(state).ask(new Message.AskStatus()).isEmpty()
                && new Up(root, state, settings, true).run() != 0) {
            return 1;
        }
        var classPath = classPath();
        return names.isEmpty() || names.contains(LEDGER) ? measureLedgerToo(classPath) : measure(classPath, List.of());
    }

    private int measureLedgerToo(String classPath) throws IOException, InterruptedException {
        var ledger = new StateDirectory(state.root().resolve("bench/ledger"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Down.quietly(ledger)));
        fresh(ledger);
        var parts = new Settings(FreePorts.range(), Map.of(), Map.of(), LEDGER_PARTS, SETTINGS, false);
        if (new Up(root, ledger, parts, false).run() != 0) {
            return 1;
        }
        int code = measure(classPath, List.of("-Dquotabank.bench.ledger-stack=" + ledger.stackFile()));
        fresh(ledger);
        return code;
    }

    private int measure(String classPath, List<String> more) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // What is to be sent is made before: there is room for it, so that whoever measures stops for nothing.
                "-Xms3g",
                "-Xmx3g",
                "-Xmn1800m",
                "-XX:+UseSerialGC",
                "-Dquotabank.root=" + root,
                "-Dquotabank.stack=" + state.stackFile()));
        command.addAll(more);
        command.addAll(List.of("-cp", classPath, MAIN));
        command.addAll(names);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static void fresh(StateDirectory ledger) throws IOException {
        Down.quietly(ledger);
        ledger.delete();
    }

    private String classPath() throws IOException, InterruptedException {
        var file = root.resolve("system-tests/target/bench.classpath");
        int code = new Maven(root)
                .run(
                        "-q",
                        "-pl",
                        "system-tests",
                        "-am",
                        "-Dquick",
                        "-DskipTests",
                        "-Dmdep.outputFile=target/bench.classpath",
                        "-Dmdep.includeScope=runtime",
                        "package",
                        "dependency:build-classpath");
        if (code != 0 || !Files.exists(file)) {
            throw new LocalFailure("The benchmarks did not build; the lines above say why.");
        }
        return root.resolve("system-tests/target/classes")
                + File.pathSeparator
                + Files.readString(file).strip();
    }
}
