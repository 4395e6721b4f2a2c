package io.quotabank.local.part;

import io.quotabank.local.part.Installed.TemplateSecrets;
import io.quotabank.local.process.Launch;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;

/**
 * The suite's database server.
 *
 * @param withRealm whether a new cluster is a copy of the template, with the realm server's tables in it
 */
record PostgresPart(
        Installed installed, PostgresServer server, Databases databases, Secrets secrets, boolean withRealm) {

    void prepare() throws IOException, InterruptedException {
        if (server.initialised()) {
            return;
        }
        if (withRealm) {
            copy(installed.template().resolve("postgres"), server.data());
        } else {
            server.initialise(secrets.postgres());
        }
    }

    Launch launch() {
        return server.launch(databases.port(), Map.of());
    }

    /** Makes the databases and roles that are missing; safe to repeat. */
    void provision() throws SQLException {
        if (withRealm) {
            var copied = StateFiles.readJson(installed.template().resolve(TemplateSecrets.FILE), TemplateSecrets.class)
                    .orElseThrow();
            databases.takeOver(secrets.postgres(), copied.postgres());
        }
        for (var name : Databases.NAMES) {
            if (withRealm || !name.equals("keycloak")) {
                databases.provision(name, secrets.postgres(), secrets);
            }
        }
    }

    // Beside first, so that a copy that was cut short is never taken for a cluster.
    private static void copy(Path from, Path to) throws IOException {
        var beside = to.resolveSibling(to.getFileName() + ".new");
        delete(beside);
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                StateFiles.privateDirectory(beside.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, beside.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
        Files.move(beside, to);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
