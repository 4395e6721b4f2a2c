package io.quotabank.local.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A command line to start as a child.
 *
 * @param environment added to the few variables that a child inherits; nothing else of ours reaches it
 */
public record Launch(List<String> command, Map<String, String> environment, Path directory) {

    // A provider's key or a JVM option in a person's environment is for whom it is meant, not for every child.
    private static final Set<String> INHERITED = Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR");

    // Waits for a word on standard input, so that a supervisor that dies before it wrote the pid down leaves nothing.
    private static final String GATE = "read -r go && exec \"$@\" </dev/null";

    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** Starts the process; it runs the command only once {@code recorder} has returned. */
    public Process start(Path log, Consumer<ProcessHandle> recorder) throws IOException {
        var gated = new ArrayList<>(List.of("sh", "-c", GATE, "sh"));
        gated.addAll(command);
        var builder = new ProcessBuilder(gated)
                .directory(new File(directory.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().putAll(environment);
        var process = builder.start();
        try (var gate = process.outputWriter()) {
            recorder.accept(process.toHandle());
            gate.write("go\n");
        }
        return process;
    }
}
