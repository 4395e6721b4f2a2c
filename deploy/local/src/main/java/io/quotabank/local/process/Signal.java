package io.quotabank.local.process;

import java.io.IOException;

/** How a process is asked to end. PostgreSQL takes TERM as "when the last client has gone", INT as "now, cleanly". */
public enum Signal {
    TERM,
    INT;

    public void send(ProcessHandle handle) {
        if (this == TERM) {
            handle.destroy();
            return;
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -INT " + handle.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            handle.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
