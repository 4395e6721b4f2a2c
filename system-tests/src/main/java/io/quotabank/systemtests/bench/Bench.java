package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * {@code ./quotabank bench}: what Quotabank costs, each figure beside its floor, measured in the same run: chat requests
 * and streams beside nginx and the bare provider, settlement beside pgbench.
 */
public final class Bench {

    private static final List<String> NAMES = List.of("ledger", "chat", "stream");

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        var names = arguments.length == 0 ? NAMES : List.of(arguments);
        for (var name : names) {
            if (!NAMES.contains(name)) {
                System.err.println("There is no benchmark called " + name + "; there are: " + String.join(", ", NAMES));
                System.exit(2);
            }
        }
        var stack = Stack.running();
        var directory = stack.directory().resolve("bench");
        var results = new Results();
        try {
            for (var name : names) {
                switch (name) {
                    case "chat" -> new ChatBench(stack, results).run();
                    case "stream" -> new StreamBench(stack, results).run();
                    default -> new LedgerBench(ledgerStack(), results).run();
                }
            }
        } catch (Exception failed) {
            say("Failed. Measured before that, proven or not, and written nowhere:");
            say(results.table());
            throw failed;
        }
        results.write(directory.resolve("results.json"));
        results.writeReport(directory.resolve("report.html"), Instant.now().toString());
        System.out.println();
        System.out.print(results.table());
        System.out.println("written to results.json and report.html in " + directory);
    }

    /** PostgreSQL, Kafka and a ledger of its own, so that no other reader of the topic is in the way. */
    private static Stack ledgerStack() {
        var file = System.getProperty("quotabank.bench.ledger-stack");
        if (file == null) {
            throw new IllegalStateException("./quotabank bench ledger starts the ledger that this measures");
        }
        return new Stack(Path.of(file));
    }

    static Duration seconds(String name, int otherwise) {
        return Duration.ofSeconds(Integer.getInteger("quotabank.bench." + name, otherwise));
    }

    static void say(String text) {
        System.out.println(text);
    }
}
