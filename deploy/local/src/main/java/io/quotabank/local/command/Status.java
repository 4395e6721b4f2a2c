package io.quotabank.local.command;

import io.quotabank.local.process.Memory;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import io.quotabank.local.supervisor.Message.Row;
import io.quotabank.local.supervisor.ProcessRegistry;
import java.time.Duration;
import java.util.List;

/** Shows what runs. Exit code 0 when everything is well. */
record Status(StateDirectory state) {

    private static final String LINE = "%-18s %-11s %8s %6s %8s %10s  %s%n";
    private static final long MB = 1L << 20;

    int run() {
        if (!state.exists()) {
            System.out.println("Quotabank is down.");
            return 1;
        }
        var answer = new ControlClient(state).ask(new Message.AskStatus());
        if (answer.isPresent() && answer.get() instanceof Message.Status(List<Row> rows)) {
            return table(rows);
        }
        return orphans();
    }

    private static int table(List<Row> rows) {
        System.out.printf(LINE, "PART", "STATE", "PID", "PORT", "MEMORY", "UPTIME", "HEALTH");
        for (var row : rows) {
            System.out.printf(
                    LINE,
                    row.part(),
                    row.state(),
                    row.pid() == null ? "-" : row.pid(),
                    row.port(),
                    row.memory() / MB + " MB",
                    uptime(row.uptimeSeconds()),
                    row.health());
        }
        System.out.printf(
                LINE, "", "", "", "", rows.stream().mapToLong(Row::memory).sum() / MB + " MB", "", "");
        return rows.stream().allMatch(row -> row.health().equals("ok")) ? 0 : 1;
    }

    private int orphans() {
        var running = new ProcessRegistry(state).running();
        if (running.isEmpty()) {
            System.out.println("Quotabank is down.");
        } else {
            System.out.println("The supervisor does not answer and these run on; ./quotabank down stops them.");
            running.forEach(entry -> entry.process()
                    .find()
                    .ifPresent(handle -> System.out.printf(
                            LINE,
                            entry.part(),
                            "orphan",
                            handle.pid(),
                            "-",
                            Memory.used(handle) / MB + " MB",
                            "-",
                            "-")));
        }
        return 1;
    }

    private static String uptime(long seconds) {
        var time = Duration.ofSeconds(seconds);
        return time.toHours() > 0
                ? "%dh%02dm".formatted(time.toHours(), time.toMinutesPart())
                : "%dm%02ds".formatted(time.toMinutes(), time.toSecondsPart());
    }
}
