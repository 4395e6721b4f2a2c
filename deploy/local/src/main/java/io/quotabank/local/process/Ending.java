package io.quotabank.local.process;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends processes: asks first, waits a bounded time, then kills, children included. */
public final class Ending {

    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    public static void of(ProcessHandle handle, Signal signal, Duration patience) {
        // Taken before the parent goes: orphans could not be found by it afterwards.
        var children = handle.descendants().toList();
        if (handle.isAlive()) {
            signal.send(handle);
            if (!await(handle, patience)) {
                handle.destroyForcibly();
                await(handle, AFTER_KILL);
            }
        }
        for (var child : children) {
            if (child.isAlive() && !await(child, Duration.ofSeconds(2))) {
                child.destroyForcibly();
                await(child, AFTER_KILL);
            }
        }
    }

    /** Kills at once, as a crash would. */
    public static void crash(ProcessHandle handle) {
        handle.destroyForcibly();
    }

    private static boolean await(ProcessHandle handle, Duration limit) {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException late) {
            return !handle.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !handle.isAlive();
        }
    }

    private Ending() {}
}
