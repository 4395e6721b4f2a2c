package io.quotabank.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code quotabank} command, run on the suite under test. */
final class Cli {

    static String run(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("quotabank.root", ".."))
                .resolve("quotabank")
                .toString());
        command.addAll(List.of(arguments));
        command.add("--state");
        command.add(Suite.STACK.directory().toString());
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Sends a signal to one process of the suite. */
    static void signal(String signal, long pid) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor() != 0) {
            throw new IllegalStateException("no process " + pid);
        }
    }

    private Cli() {}
}
