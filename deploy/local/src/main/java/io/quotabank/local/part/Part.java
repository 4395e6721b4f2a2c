package io.quotabank.local.part;

import io.quotabank.local.process.Launch;
import io.quotabank.local.process.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One process of the suite.
 *
 * @param name unique in the suite: the kind for the first instance, {@code kind-2} for the second
 * @param kind what it is, the same for all instances of a service
 * @param after names of parts that have to be ready before this one starts for the first time
 * @param prepare done before each start
 * @param whenReady done each time it has become ready, before anybody is told
 * @param address where others reach it
 * @param management where a service tells its health, null for the rest
 * @param journal where a proxy keeps its journals, each with an id of its own after this name; null for the rest
 * @param memoryMb what it is expected to take, in megabytes, to refuse a machine that is too small
 */
public record Part(
        String name,
        String kind,
        StopStage stop,
        List<String> after,
        Step prepare,
        Launch launch,
        Readiness readiness,
        Step whenReady,
        Limits limits,
        List<Integer> ports,
        String address,
        @Nullable String management,
        @Nullable Path journal,
        int memoryMb) {

    /** The order in which parts are stopped: whoever asks goes before whoever answers. */
    public enum StopStage {
        DOOR,
        PROXIES,
        SERVICES,
        BROKER,
        DATABASE
    }

    /** Something done around a start; a failure fails the start. */
    @FunctionalInterface
    public interface Step {
        Step NOTHING = () -> {};

        void run() throws Exception;
    }

    /** Asks a part whether it serves. Answers soon, and never throws. */
    @FunctionalInterface
    public interface Readiness {
        boolean ready();
    }

    /**
     * @param start from start to ready, after which it counts as failed
     * @param end from the signal to the end, after which it is killed
     * @param handover the same where it is to finish all that it has under way
     */
    public record Limits(Signal signal, Duration start, Duration end, Duration handover) {
        Limits(Signal signal, Duration start, Duration end) {
            this(signal, start, end, end);
        }
    }

    public Part {
        after = List.copyOf(after);
        ports = List.copyOf(ports);
    }

    /** The port that people know it by. */
    public int port() {
        return ports.getFirst();
    }
}
