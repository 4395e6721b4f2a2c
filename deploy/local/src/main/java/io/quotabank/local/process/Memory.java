package io.quotabank.local.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How much memory processes take and the machine has, in bytes. */
public final class Memory {

    private static final Pattern PSS = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB");
    private static final long KB = 1024;

    /** A process and its children: the proportional set size where Linux tells it, else the resident size. */
    public static long used(ProcessHandle handle) {
        return Stream.concat(Stream.of(handle), handle.descendants())
                .mapToLong(Memory::ofOne)
                .sum();
    }

    /** What can be had without swapping; more than anybody asks for where the machine does not tell. */
    public static long available() {
        return number(Path.of("/proc/meminfo"), AVAILABLE, Long.MAX_VALUE / KB) * KB;
    }

    private static long ofOne(ProcessHandle handle) {
        var rollup = Path.of("/proc", Long.toString(handle.pid()), "smaps_rollup");
        return (Files.exists(rollup) ? number(rollup, PSS, 0) : resident(handle)) * KB;
    }

    private static long number(Path file, Pattern pattern, long otherwise) {
        try {
            var match = pattern.matcher(Files.readString(file));
            return match.find() ? Long.parseLong(match.group(1)) : otherwise;
        } catch (IOException unreadable) {
            return otherwise;
        }
    }

    private static long resident(ProcessHandle handle) {
        try {
            var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(handle.pid())).start();
            var text = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (IOException e) {
            return 0;
        }
    }

    private Memory() {}
}
