package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.process.Tail;
import io.quotabank.local.state.StateDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prints logs: one part's, or all of them with their names in front; and what comes, when asked to. */
record Logs(StateDirectory state, List<String> parts, boolean follow) {

    private static final int LINES_OF_ONE = 200;
    private static final int LINES_OF_EACH = 15;
    private static final Duration LOOK = Duration.ofMillis(200);

    int run() throws IOException, InterruptedException {
        var logs = logs();
        var positions = new HashMap<Path, Long>();
        for (var log : logs) {
            positions.put(log, Files.size(log));
            Tail.of(log, logs.size() == 1 ? LINES_OF_ONE : LINES_OF_EACH)
                    .forEach(line -> System.out.println(prefix(log, logs) + line));
        }
        while (follow) {
            Thread.sleep(LOOK);
            for (var log : logs) {
                news(log, positions, prefix(log, logs));
            }
        }
        return 0;
    }

    private List<Path> logs() throws IOException {
        var logs = new ArrayList<Path>();
        if (Files.isDirectory(state.logs())) {
            try (var files = Files.newDirectoryStream(state.logs(), "*.log")) {
                files.forEach(logs::add);
            }
        }
        logs.sort(null);
        if (parts.isEmpty()) {
            return logs;
        }
        var chosen = parts.stream().map(state::log).toList();
        if (!logs.containsAll(chosen)) {
            throw new LocalFailure("There is no such log; there are "
                    + String.join(", ", logs.stream().map(Logs::name).toList()) + ".");
        }
        return chosen;
    }

    private static void news(Path log, Map<Path, Long> positions, String prefix) throws IOException {
        var from = positions.getOrDefault(log, 0L);
        var size = Files.size(log);
        if (size < from) {
            from = 0L;
        }
        if (size == from) {
            return;
        }
        var bytes = new byte[(int) Math.min(size - from, 1 << 20)];
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(from);
            file.readFully(bytes);
        }
        // Whole lines only; the rest of the last one comes next time.
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        positions.put(log, from + end);
        new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(line -> System.out.println(prefix + line));
    }

    private static String prefix(Path log, List<Path> logs) {
        return logs.size() == 1 ? "" : "%-18s ".formatted(name(log));
    }

    private static String name(Path log) {
        return log.getFileName().toString().replace(".log", "");
    }
}
