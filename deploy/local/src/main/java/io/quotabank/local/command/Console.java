package io.quotabank.local.command;

import java.util.List;

/** How failures look. */
final class Console {

    static void failure(String sentence, List<String> log) {
        if (!log.isEmpty()) {
            System.err.println("--- last lines of the log");
            log.forEach(System.err::println);
            System.err.println("---");
        }
        System.err.println(sentence);
    }

    private Console() {}
}
