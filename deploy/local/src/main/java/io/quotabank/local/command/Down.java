package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import io.quotabank.local.supervisor.ProcessRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** Stops a suite, whatever state it is found in. */
record Down(StateDirectory state) {

    // Longer than every stage's own limit together.
    private static final Duration LIMIT = Duration.ofMinutes(2);

    int run() throws IOException {
        if (!state.exists()) {
            System.out.println("Nothing is running.");
            return 0;
        }
        var asked = new ControlClient(state).ask(new Message.Stop()).isPresent();
        if (asked) {
            awaitLock();
        }
        // Whatever a supervisor did not stop, or nobody could be asked to stop.
        var swept = new ProcessRegistry(state).sweep();
        Files.deleteIfExists(state.stackFile());
        System.out.println(asked || swept > 0 ? "Stopped. What was stored stays." : "Nothing is running.");
        return 0;
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
