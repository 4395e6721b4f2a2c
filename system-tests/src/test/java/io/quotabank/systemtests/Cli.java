package io.quotabank.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code quotabank} command, run on the suite under test. */
final class Cli {

    /** @param output both streams, as they came */
    record Ended(int code, String output) {}

    /** Runs a command that must succeed. */
    static String run(String... arguments) {
        var ended = end(arguments);
        if (ended.code() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + ": " + ended.output());
        }
        return ended.output();
    }

    static Ended end(String... arguments) {
        try {
            var process = start(ProcessBuilder.Redirect.PIPE, arguments);
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** For a command that goes on until it is stopped. */
    static Process start(ProcessBuilder.Redirect output, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("quotabank.root", ".."))
                .resolve("quotabank")
                .toString());
        command.addAll(List.of(arguments));
        command.add("--state");
        command.add(Suite.STACK.directory().toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    /** Sends a signal to one process of the suite. */
    static void signal(String signal, long pid) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor() != 0) {
            throw new IllegalStateException("no process " + pid);
        }
    }

    private Cli() {}
}
