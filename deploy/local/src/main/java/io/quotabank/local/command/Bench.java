package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
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

/** Runs the benchmarks of system-tests against the suite, which it starts if it is down. */
record Bench(Path root, StateDirectory state, Settings settings, List<String> names) {

    private static final String MAIN = "io.quotabank.systemtests.bench.Bench";

    int run() throws IOException, InterruptedException {
        if (new ControlClient(state).ask(new Message.AskStatus()).isEmpty()
                && new Up(root, state, settings, true).run() != 0) {
            return 1;
        }
        var classPath = classPath();
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dquotabank.root=" + root,
                "-Dquotabank.stack=" + state.stackFile(),
                "-cp",
                classPath,
                MAIN));
        command.addAll(names);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private String classPath() throws IOException, InterruptedException {
        var file = root.resolve("system-tests/target/bench.classpath");
        int code = new Maven(root)
                .run(
                        Map.of(),
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
