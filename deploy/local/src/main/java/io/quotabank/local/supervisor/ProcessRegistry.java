package io.quotabank.local.supervisor;

import io.quotabank.local.part.Part;
import io.quotabank.local.part.Part.StopStage;
import io.quotabank.local.process.Ending;
import io.quotabank.local.process.ProcessMark;
import io.quotabank.local.process.Signal;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/** Which processes belong to a state directory, on disk before they run, so that nothing is ever left behind. */
public final class ProcessRegistry {

    /** @param supervisor whether it is the supervisor itself, which goes first */
    public record Entry(String part, boolean supervisor, StopStage stage, Signal signal, ProcessMark process) {}

    /** The file: entries by name. */
    public record Entries(Map<String, Entry> entries) {
        public Entries {
            entries = new TreeMap<>(entries);
        }
    }

    private static final String SUPERVISOR = "supervisor";
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Path file;
    private final Map<String, Entry> entries;

    public ProcessRegistry(StateDirectory state) {
        this.file = state.processesFile();
        this.entries = new TreeMap<>(
                StateFiles.readJson(file, Entries.class).map(Entries::entries).orElse(Map.of()));
    }

    synchronized void recordSupervisor() {
        ProcessMark.of(ProcessHandle.current())
                .ifPresent(mark -> put(new Entry(SUPERVISOR, true, StopStage.DOOR, Signal.TERM, mark)));
    }

    synchronized void record(Part part, ProcessHandle handle) {
        ProcessMark.of(handle)
                .ifPresent(mark -> put(
                        new Entry(part.name(), false, part.stop(), part.limits().signal(), mark)));
    }

    synchronized void forget(String part) {
        entries.remove(part);
        write();
    }

    /** Those that run, whoever started them. */
    public synchronized List<Entry> running() {
        return entries.values().stream()
                .filter(entry -> entry.process().find().isPresent())
                .toList();
    }

    /** Ends everything that is written down and still runs, the supervisor first, then in the order of stopping. */
    public synchronized int sweep() {
        var running = running();
        end(running.stream().filter(Entry::supervisor).toList());
        for (var stage : StopStage.values()) {
            end(running.stream()
                    .filter(entry -> !entry.supervisor() && entry.stage() == stage)
                    .toList());
        }
        entries.clear();
        write();
        return running.size();
    }

    private static void end(List<Entry> together) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var entry : new ArrayList<>(together)) {
                entry.process().find().ifPresent(handle -> {
                    threads.execute(() -> Ending.of(handle, entry.signal(), PATIENCE));
                });
            }
        }
    }

    private void put(Entry entry) {
        entries.put(entry.part(), entry);
        write();
    }

    private void write() {
        StateFiles.writeJson(file, new Entries(entries));
    }

    @Override
    public synchronized String toString() {
        return Arrays.toString(entries.keySet().toArray());
    }
}
