package io.quotabank.local.command;

import io.quotabank.local.state.StateFiles;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** How failures look. */
final class Console {

    /** The terminal, where a person sits at one. */
    static Optional<java.io.Console> terminal() {
        return Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal);
    }

    static void failure(String sentence, List<String> log) {
        System.out.flush();
        if (!log.isEmpty()) {
            System.err.println("--- last lines of the log");
            log.stream().map(Console::readable).forEach(System.err::println);
            System.err.println("---");
        }
        System.err.println(sentence);
    }

    // The services log JSON for machines; a person wants the message.
    static String readable(String line) {
        if (!line.startsWith("{\"@timestamp\"")) {
            return line;
        }
        try {
            var entry = StateFiles.JSON.readTree(line);
            var level = entry.path("log").path("level").asString("");
            return level + " " + entry.path("message").asString("").strip();
        } catch (JacksonException cut) {
            return line;
        }
    }

    private Console() {}
}
