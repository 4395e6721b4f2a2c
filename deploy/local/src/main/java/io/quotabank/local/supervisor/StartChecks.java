package io.quotabank.local.supervisor;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.FreePorts;
import io.quotabank.local.part.Part;
import io.quotabank.local.process.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looked at before anything is started: free ports, memory and disk. */
final class StartChecks {

    private static final long MB = 1L << 20;
    private static final long LEAST_DISK_MB = 1_500;

    static void check(List<Part> parts, Path state) {
        parts.forEach(StartChecks::ports);
        var needed = parts.stream().mapToLong(Part::memoryMb).sum();
        memory(needed, Memory.available() / MB);
        try {
            disk(Files.getFileStore(state).getUsableSpace() / MB, state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void memory(long neededMb, long availableMb) {
        if (availableMb < neededMb) {
            throw new LocalFailure("The suite needs about " + neededMb + " MB of memory and " + availableMb
                    + " MB are free; close something or use a larger machine.");
        }
    }

    static void disk(long usableMb, Path state) {
        if (usableMb < LEAST_DISK_MB) {
            throw new LocalFailure("The disk that holds " + state + " has " + usableMb + " MB left and the suite needs "
                    + LEAST_DISK_MB + " MB; free some, or put the state elsewhere with --state DIR.");
        }
    }

    private static void ports(Part part) {
        for (var port : part.ports()) {
            if (!FreePorts.free(port)) {
                throw new LocalFailure("Port " + port + ", which " + part.name()
                        + " needs, is in use by another program; stop that program, or choose other ports with"
                        + " ./quotabank up --ports-from N.");
            }
        }
    }

    private StartChecks() {}
}
