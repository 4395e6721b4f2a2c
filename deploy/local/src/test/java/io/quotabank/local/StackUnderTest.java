package io.quotabank.local;

import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A local stack of PostgreSQL and Kafka, driven by the launcher in a process of its own as a person drives it. */
record StackUnderTest(Path directory, int portsFrom) {

    record Ended(int code, String output) {}

    StateDirectory state() {
        return new StateDirectory(directory);
    }

    Ended up() {
        return run("up", "--only", "postgres,kafka", "--ports-from", Integer.toString(portsFrom));
    }

    Ended run(String... words) {
        try {
            var process = start(words);
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Process start(String... words) throws IOException {
        var classPath = Path.of("target/classes") + ":" + Path.of("target/lib").resolve("*");
        // A build in the background hands its children an ignored SIGINT, which a JVM would go on ignoring.
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dquotabank.root=" + Path.of("../..").toAbsolutePath().normalize(),
                "-cp",
                classPath,
                Quotabank.class.getName()));
        command.addAll(List.of(words));
        command.addAll(List.of("--state", directory.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    JsonNode stack() {
        return StateFiles.readJson(state().stackFile(), JsonNode.class).orElseThrow();
    }

    long pid(String part) {
        return stack().path("services").path(part).path(0).path("pid").asLong();
    }

    boolean ready(String part) {
        return run("status").output().lines().anyMatch(line -> line.startsWith(part + " ") && line.endsWith("ok"));
    }

    /** Everything that has this state directory on its command line, the supervisor included. */
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(handle -> handle.info().commandLine().orElse("").contains(directory.toString()))
                .filter(handle -> handle.pid() != ProcessHandle.current().pid())
                .toList();
    }

    ProcessHandle supervisor() {
        return processes().stream()
                .filter(handle -> handle.info().commandLine().orElse("").contains("supervise"))
                .findFirst()
                .orElseThrow();
    }

    static void kill(ProcessHandle handle) {
        handle.destroyForcibly();
        handle.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
