package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Processor time of processes, from {@code /proc}: user + system, children that run counted by their own pid. */
final class Cpu {

    private static final double MICROS_PER_TICK = 10_000;

    /** Microseconds used so far by all of the processes; one that is gone counts nothing. */
    static double micros(Collection<Long> pids) {
        double sum = 0;
        for (long pid : pids) {
            try {
                var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
                var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
            } catch (IOException gone) {
                sum += 0;
            }
        }
        return sum;
    }

    /** A process with all its descendants, as PostgreSQL and nginx have. */
    static List<Long> tree(long pid) {
        var pids = new ArrayList<Long>();
        ProcessHandle.of(pid).ifPresent(process -> {
            pids.add(pid);
            process.descendants().forEach(child -> pids.add(child.pid()));
        });
        return pids;
    }

    private Cpu() {}
}
