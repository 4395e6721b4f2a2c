package io.quotabank.local.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The last lines of a log, read from its end. */
public final class Tail {

    private static final int BYTES_PER_LINE = 400;

    public static List<String> of(Path log, int lines) {
        if (!Files.exists(log)) {
            return List.of();
        }
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var length = file.length();
            var wanted = (int) Math.min(length, (long) lines * BYTES_PER_LINE);
            var bytes = new byte[wanted];
            file.seek(length - wanted);
            file.readFully(bytes);
            var all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private Tail() {}
}
