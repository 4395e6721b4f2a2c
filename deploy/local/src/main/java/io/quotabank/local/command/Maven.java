package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs Maven on the checkout, its output going straight to the person. */
record Maven(Path root) {

    /** @return the exit code */
    int run(String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of("mvn", "-B", "-ntp"));
        command.addAll(List.of(arguments));
        System.out.println("+ " + String.join(" ", command));
        var builder = new ProcessBuilder(command)
                .directory(new File(root.toString()))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            var process = builder.start();
            var hook = new Thread(() -> process.destroy());
            Runtime.getRuntime().addShutdownHook(hook);
            int code = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(hook);
            return code;
        } catch (IOException e) {
            throw new LocalFailure("Maven is not on the PATH: install Maven 3.8 or newer.", e);
        }
    }
}
