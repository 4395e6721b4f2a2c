package io.quotabank.local.supervisor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Keeps logs from filling the disk: what grew too large is set aside, one generation of it. */
final class LogCare {

    static final long LARGEST = 64L << 20;

    /** Children append, so a log can be cut under them: they go on writing at its new end. */
    static void cut(List<Path> logs) {
        for (var log : logs) {
            try {
                if (Files.exists(log) && Files.size(log) > LARGEST) {
                    Files.copy(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                    try (var channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                        channel.truncate(0);
                    }
                }
            } catch (IOException e) {
                System.err.println("cannot cut " + log + ": " + e);
            }
        }
    }

    private LogCare() {}
}
