package io.quotabank.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which process a pid meant when it was written down: a pid alone may belong to a stranger by now.
 *
 * @param started where Linux tells it, the boot's id and the ticks from boot to start, which no change of the clock
 *     moves; elsewhere the start instant
 */
public record ProcessMark(long pid, String started) {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    // In /proc/PID/stat, counted after the closing bracket of the command's name, which may hold spaces itself.
    private static final int START_FIELD = 19;

    public static Optional<ProcessMark> of(ProcessHandle handle) {
        return started(handle).map(started -> new ProcessMark(handle.pid(), started));
    }

    /** The process that was marked, if it still runs. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(handle -> started(handle).filter(started::equals).isPresent());
    }

    private static Optional<String> started(ProcessHandle handle) {
        var stat = Path.of("/proc", Long.toString(handle.pid()), "stat");
        if (!Files.exists(BOOT_ID)) {
            return handle.info().startInstant().map(Object::toString);
        }
        try {
            var text = Files.readString(stat);
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            // A zombie has ended; only its parent has not looked yet.
            return fields[0].equals("Z")
                    ? Optional.empty()
                    : Optional.of(Files.readString(BOOT_ID).strip() + ":" + fields[START_FIELD]);
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
