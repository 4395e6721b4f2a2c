package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import io.quotabank.local.supervisor.ProcessRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** Stops a suite, whatever state it is found in. */
record Down(StateDirectory state) {

    // Longer than every stage's own limit together.
    private static final Duration LIMIT = Duration.ofMinutes(5);

    int run() throws IOException {
        System.out.println(stop() ? "Stopped. What was stored stays." : "Nothing is running.");
        return 0;
    }

    /** Tells whether anything ran. */
    private boolean stop() throws IOException {
        if (!state.exists()) {
            return false;
        }
        var asked = new ControlClient(state).ask(new Message.Stop()).isPresent();
        if (asked) {
            awaitLock();
        }
        // Whatever a supervisor did not stop, or nobody could be asked to stop.
        var swept = new ProcessRegistry(state).sweep();
        Files.deleteIfExists(state.stackFile());
        return asked || swept > 0;
    }

    /** As part of something else that a person asked for. */
    static void quietly(StateDirectory state) {
        try {
            new Down(state).stop();
        } catch (IOException e) {
            Console.failure("Not everything in " + state.root() + " could be stopped: " + e + ".", List.of());
        }
    }

    private void awaitLock() throws IOException {
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            var lock = state.lock();
            if (lock.isPresent()) {
                lock.get().channel().close();
                return;
            }
            try {
                Thread.sleep(Duration.ofMillis(50));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LocalFailure("Interrupted; run ./quotabank down again.");
            }
        }
    }
}
