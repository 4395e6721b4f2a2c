package io.quotabank.local.prepare;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.http.JsonHttp;
import io.quotabank.local.part.Databases;
import io.quotabank.local.part.Installed.TemplateSecrets;
import io.quotabank.local.part.KeycloakServer;
import io.quotabank.local.part.PostgresServer;
import io.quotabank.local.process.Ending;
import io.quotabank.local.process.Launch;
import io.quotabank.local.process.Signal;
import io.quotabank.local.process.Tail;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Makes a database cluster with the realm server's tables and the imported realm, to be copied into new states. */
record Template(Path java, Path postgres, Path keycloak) {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration STEP = Duration.ofMillis(100);

    void make(Path directory) throws IOException, InterruptedException {
        var superuser = Secrets.random();
        var administrator = Secrets.random();
        var data = directory.resolve("postgres");
        var server = new PostgresServer(postgres, data);
        server.initialise(superuser);
        var databases = new Databases(freePort());
        var launch = server.launch(databases.port(), Map.of("fsync", "off"));
        run("PostgreSQL", launch, directory.resolve("postgres.log"), Signal.INT, databases::accepts, () -> {
            var owner = provision(databases, superuser);
            importRealm(databases, owner, administrator, directory);
        });
        StateFiles.writeJson(directory.resolve(TemplateSecrets.FILE), new TemplateSecrets(superuser, administrator));
        Files.delete(directory.resolve("postgres.log"));
        Files.delete(directory.resolve("keycloak.log"));
    }

    private String provision(Databases databases, String superuser) {
        var roles = Databases.roles().collect(Collectors.toMap(role -> role, role -> Secrets.random()));
        var secrets = new Secrets(superuser, "", roles, Map.of());
        try {
            databases.provision("keycloak", superuser, secrets);
        } catch (SQLException e) {
            throw new LocalFailure("The realm server's database could not be made.", e);
        }
        return secrets.database(Databases.owner("keycloak"));
    }

    private void importRealm(Databases databases, String password, String administrator, Path directory)
            throws IOException, InterruptedException {
        var server = new KeycloakServer(java, keycloak, freePort(), freePort());
        var launch = server.launch(
                databases,
                password,
                Map.of(
                        "KC_BOOTSTRAP_ADMIN_USERNAME",
                        KeycloakServer.ADMINISTRATOR,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD",
                        administrator),
                "--import-realm");
        run(
                "Keycloak",
                launch,
                directory.resolve("keycloak.log"),
                Signal.TERM,
                () -> JsonHttp.get(server.readinessUrl(), null).ok(),
                () -> {});
    }

    private interface Body {
        void run() throws IOException, InterruptedException;
    }

    /** Runs something beside a server that lives no longer than it. */
    private static void run(String name, Launch launch, Path log, Signal signal, BooleanSupplier ready, Body body)
            throws IOException, InterruptedException {
        var process = launch.start(log, handle -> {});
        // A Ctrl-C here would leave it behind: nobody has written it down.
        var hook = new Thread(() -> Ending.of(process.toHandle(), signal, Duration.ofSeconds(10)));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            await(name, process, log, ready);
            body.run();
        } finally {
            Ending.of(process.toHandle(), signal, Duration.ofSeconds(30));
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private static void await(String name, Process process, Path log, BooleanSupplier ready)
            throws InterruptedException {
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new LocalFailure(
                        name + " did not start while the local stack was being prepared; its last lines say why.",
                        Tail.of(log, 20));
            }
            Thread.sleep(STEP);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
