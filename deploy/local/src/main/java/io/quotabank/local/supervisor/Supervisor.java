package io.quotabank.local.supervisor;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.demo.Demo;
import io.quotabank.local.demo.DemoData;
import io.quotabank.local.key.CustodyKeysets;
import io.quotabank.local.key.ServiceIdentities;
import io.quotabank.local.part.Databases;
import io.quotabank.local.part.Installed;
import io.quotabank.local.part.Parts;
import io.quotabank.local.part.PostgresServer;
import io.quotabank.local.prepare.Installation;
import io.quotabank.local.realm.LocalRealm;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import io.quotabank.local.state.StateFiles;
import io.quotabank.local.state.StateVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Owns one suite from its start to its end. */
public final class Supervisor {

    private static final Duration TOUCH = Duration.ofMinutes(10);
    private static final Duration LOGS = Duration.ofSeconds(30);

    private final StateDirectory state;
    private final Installed installed;
    private final Settings settings;
    private final long startedNanos = System.nanoTime();
    private final Events events = new Events();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final Fleet fleet = new Fleet(events, startedNanos);

    public Supervisor(StateDirectory state, Installed installed, Settings settings) {
        this.state = state;
        this.installed = installed;
        this.settings = settings;
    }

    /**
     * Starts everything and stays until told to stop.
     *
     * @return the exit code
     */
    public int run() throws IOException {
        var lock = state.lock();
        if (lock.isEmpty()) {
            System.err.println("another supervisor holds " + state.root());
            return 1;
        }
        // Ctrl-C and kill come here; a second call finds nothing left to do.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
        try (var control = ControlServer.open(state, new Commands(events, fleet, this::askToStop))) {
            begin();
            return end.join();
        } finally {
            stop();
            lock.get().release();
        }
    }

    private void begin() {
        Thread.ofVirtual().name("begin").start(() -> {
            try {
                start();
            } catch (LocalFailure failure) {
                giveUp(failure);
            } catch (InterruptedException e) {
                giveUp(new LocalFailure("The start was interrupted; ./quotabank up tries again."));
            } catch (Exception e) {
                e.printStackTrace();
                giveUp(new LocalFailure(
                        "The suite could not be started: " + e + "; see " + state.log("supervisor") + "."));
            }
        });
    }

    private void start() throws InterruptedException {
        var registry = new ProcessRegistry(state);
        if (registry.sweep() > 0) {
            events.add(new Message.Note("Stopped what an earlier crash had left."));
        }
        registry.recordSupervisor();
        new StateVersions(StateVersions.FORMAT, PostgresServer.MAJOR, installed.realmVersion(), installed.schemas())
                .claim(state);
        var secrets = Secrets.of(state, Databases.roles(), LocalRealm.names());
        new ServiceIdentities(state.keys()).create(Parts.identities());
        new CustodyKeysets(state.keys()).create();
        var realm = new LocalRealm(installed, secrets);
        var demo = new Demo(state, secrets);
        var parts = new Parts(installed, state, settings, secrets, Map.of("sandbox", demo::registerSandboxKeys));
        StartChecks.check(parts.all(), state.root());
        var stack = new StackFile(state, parts, secrets);
        fleet.launch(parts.all(), state, registry, () -> stack.write(fleet.all(), DemoData.kept(state)));
        var people = people(realm, parts);
        fleet.awaitReady(() -> end.isDone());
        if (settings.includes("keycloak")) {
            var ids = got(people);
            if (settings.parts().isEmpty()) {
                demo.prepare(parts, ids, text -> events.add(new Message.Note(text)));
            }
        }
        fleet.settled();
        settings.keep(state);
        events.add(new Message.Ready(fleet.seconds()));
        chores();
    }

    // Once the realm server is ready, while services that do not need it yet still start.
    private FutureTask<Map<String, String>> people(LocalRealm realm, Parts parts) {
        var task = new FutureTask<Map<String, String>>(() -> {
            fleet.find("keycloak").orElseThrow().firstReady().await();
            return realm.prepare(parts.keycloakServer());
        });
        if (settings.includes("keycloak")) {
            Thread.ofVirtual().name("realm").start(task);
        }
        return task;
    }

    private static <T> T got(Future<T> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException reason ? reason : new IllegalStateException(failed);
        }
    }

    private void chores() {
        repeat(() -> Installation.touch(installed), TOUCH);
        repeat(() -> LogCare.cut(fleet.all().stream().map(Supervised::log).toList()), LOGS);
    }

    private static void repeat(Runnable chore, Duration every) {
        Thread.ofVirtual().name("chore").start(() -> {
            try {
                while (true) {
                    Thread.sleep(every);
                    chore.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void giveUp(LocalFailure failure) {
        System.err.println(failure.sentence());
        stop();
        events.add(new Message.Failed(failure.sentence(), failure.log()));
        endSoon(1);
    }

    private void askToStop() {
        stop();
        endSoon(0);
    }

    // Whoever asked, or follows, gets to read the answer before this process is gone.
    private void endSoon(int code) {
        end.completeOnTimeout(code, 300, TimeUnit.MILLISECONDS);
    }

    private void stop() {
        fleet.stop();
        try {
            Files.deleteIfExists(state.stackFile());
        } catch (IOException e) {
            System.err.println("cannot remove " + state.stackFile() + ": " + e);
        }
    }

    /** What a start reads from the state directory, written by the command that asked for it. */
    public record Order(Installed installed, Settings settings) {
        public static final String FILE = "order.json";

        public static Optional<Order> of(StateDirectory state) {
            return StateFiles.readJson(state.root().resolve(FILE), Order.class);
        }

        public void write(StateDirectory state) {
            StateFiles.writeJson(state.root().resolve(FILE), this);
        }
    }

    static List<String> names(List<Supervised> all) {
        return all.stream().map(one -> one.part().name()).toList();
    }
}
