package io.quotabank.local.command;

import io.quotabank.local.state.StateFiles;
import java.util.List;
import tools.jackson.core.JacksonException;

/** How failures look. */
final class Console {

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
