package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Pattern;

/**
 * What Java processes hold on to: live objects after a full collection, and resident memory outside of the heap. A fixed
 * heap's resident pages tell only what was ever touched.
 */
final class Memory {

    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K \\[(0x\\p{XDigit}+)");
    private static final Pattern MAPPING = Pattern.compile("^(\\p{XDigit}+)-(\\p{XDigit}+) .*");
    private static final Pattern RESIDENT = Pattern.compile("^Rss: +(\\d+) kB");

    /** Kilobytes of all of them; collects garbage first. */
    static double kilobytes(Collection<Long> pids) throws IOException, InterruptedException {
        double sum = 0;
        for (long pid : pids) {
            jcmd(pid, "GC.run");
            var heap = jcmd(pid, "GC.heap_info");
            sum += live(heap) + outside(pid, heap);
        }
        return sum;
    }

    /** Of the young and the old generation: whatever is reported outside of both belongs to no object. */
    private static double live(String heap) {
        var generations = USED.matcher(heap);
        double sum = 0;
        while (generations.find()) {
            sum += Double.parseDouble(generations.group(1));
        }
        if (sum == 0) {
            throw new IllegalStateException("no generations in: " + heap);
        }
        return sum;
    }

    // With a serial collector both generations lie side by side in one reservation, the young one first.
    private static double outside(long pid, String heap) throws IOException {
        var first = USED.matcher(heap);
        if (!first.find()) {
            throw new IllegalStateException("no generations in: " + heap);
        }
        long from = Long.decode(first.group(2));
        long to = end(heap);
        double resident = 0;
        boolean inHeap = false;
        for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps"))) {
            var mapping = MAPPING.matcher(line);
            var rss = RESIDENT.matcher(line);
            if (mapping.matches()) {
                long start = Long.parseUnsignedLong(mapping.group(1), 16);
                inHeap = start >= from && start < to;
            } else if (!inHeap && rss.find()) {
                resident += Double.parseDouble(rss.group(1));
            }
        }
        return resident;
    }

    private static long end(String heap) {
        var addresses = Pattern.compile(", (0x\\p{XDigit}+)\\)").matcher(heap);
        long highest = 0;
        while (addresses.find()) {
            highest = Math.max(highest, Long.decode(addresses.group(1)));
        }
        return highest;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + output);
        }
        return output;
    }

    private Memory() {}
}
