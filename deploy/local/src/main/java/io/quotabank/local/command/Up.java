package io.quotabank.local.command;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.Installed;
import io.quotabank.local.prepare.Installation;
import io.quotabank.local.process.Tail;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.supervisor.ControlClient;
import io.quotabank.local.supervisor.Message;
import io.quotabank.local.supervisor.Supervisor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Starts a suite, shows how it comes up, and leaves it to its supervisor. */
final class Up {

    private static final Duration SUPERVISOR = Duration.ofSeconds(20);
    private static final int INTERRUPTED = 130;

    private final Path root;
    private final StateDirectory state;
    private final Settings settings;
    private final boolean train;

    /** @param train whether missing start caches are made first */
    Up(Path root, StateDirectory state, Settings settings, boolean train) {
        this.root = root;
        this.state = state;
        this.settings = settings;
        this.train = train;
    }

    int run() throws IOException, InterruptedException {
        var client = new ControlClient(state);
        if (client.ask(new Message.AskStatus()).isPresent()) {
            System.out.println("Quotabank is up already; nothing was changed. ./quotabank down stops it.");
            new Welcome(state).print();
            return 0;
        }
        var installed = new Installation(root, System.out::println).install(settings);
        if (train && settings.parts().isEmpty()) {
            new Training(root).ensure(installed);
        }
        state.create();
        new Supervisor.Order(installed, settings).write(state);
        var hook = new Thread(this::interrupted, "ctrl-c");
        Runtime.getRuntime().addShutdownHook(hook);
        var supervisor = spawn(installed);
        var end = follow(client, supervisor);
        Runtime.getRuntime().removeShutdownHook(hook);
        return end(end, supervisor);
    }

    private int end(Message end, Process supervisor) throws InterruptedException {
        if (end instanceof Message.Failed(String sentence, List<String> log)) {
            // It has stopped everything else by now and ends itself: nothing is left when the person reads this.
            supervisor.waitFor(SUPERVISOR.toSeconds(), TimeUnit.SECONDS);
            Console.failure(sentence, log);
            return 1;
        }
        if (settings.parts().isEmpty() && !settings.training()) {
            new Welcome(state).print();
        }
        return 0;
    }

    private void interrupted() {
        System.err.println("Interrupted: stopping what was started.");
        try {
            new Down(state).run();
        } catch (IOException | LocalFailure e) {
            System.err.println("Not everything could be stopped (" + e.getMessage() + "); run ./quotabank down.");
        }
        Runtime.getRuntime().halt(INTERRUPTED);
    }

    private Message follow(ControlClient client, Process supervisor) throws InterruptedException {
        var progress = new Progress(settings);
        var last = new AtomicReference<Message>();
        var deadline = System.nanoTime() + SUPERVISOR.toNanos();
        while (!client.talk(new Message.Follow(), message -> {
            progress.show(message);
            last.set(message);
        })) {
            if (!supervisor.isAlive() && last.get() != null) {
                break;
            }
            if (!supervisor.isAlive()) {
                throw new LocalFailure("Another ./quotabank up is starting on " + state.root()
                        + ", or its supervisor hangs; wait for it, or stop it with ./quotabank down. See "
                        + state.log("supervisor") + ".");
            }
            if (System.nanoTime() > deadline) {
                throw new LocalFailure("The supervisor does not answer; see " + state.log("supervisor") + ".");
            }
            Thread.sleep(Duration.ofMillis(50));
        }
        progress.end();
        return Optional.<Message>ofNullable(last.get())
                .filter(message -> message instanceof Message.Ready || message instanceof Message.Failed)
                .orElseGet(() -> new Message.Failed(
                        "The supervisor stopped before the suite was complete; see " + state.log("supervisor") + ".",
                        Tail.of(state.log("supervisor"), 20)));
    }

    // In a session of its own, so that the terminal's Ctrl-C or end does not reach it.
    private Process spawn(Installed installed) throws IOException {
        var command = new ArrayList<String>();
        command.addAll(detached());
        command.addAll(List.of(
                installed.javaCommand(),
                "-Xms16m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dquotabank.root=" + root,
                "-cp",
                installed.classPathText(),
                "io.quotabank.local.Quotabank",
                "supervise",
                "--state",
                state.root().toString()));
        var log = ProcessBuilder.Redirect.appendTo(state.log("supervisor").toFile());
        var builder = new ProcessBuilder(command)
                .directory(new File(root.toString()))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(log)
                .redirectError(log);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.start();
    }

    private static List<String> detached() {
        for (var directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            var setsid = Path.of(directory, "setsid");
            if (Files.isExecutable(setsid)) {
                return List.of(setsid.toString());
            }
        }
        // Without setsid (macOS) job control gives a process group of its own.
        return List.of("sh", "-c", "set -m; trap '' HUP; \"$@\" & wait $!", "sh");
    }
}
