package io.quotabank.local.prepare;

import io.quotabank.local.LocalFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipInputStream;

/** Unpacks the realm server and lets it build itself for PostgreSQL, which takes half a minute once. */
record KeycloakDistribution(Path zip, Path realm, Path java) {

    static final String HOME = "home";
    static final String IMPORT = "home/data/import/quotabank-realm.json";

    void unpackAndBuild(Path directory) throws IOException, InterruptedException {
        var home = directory.resolve(HOME);
        unpack(home);
        var imports = directory.resolve(IMPORT);
        Files.createDirectories(imports.getParent());
        Files.copy(realm, imports);
        build(home);
    }

    private void unpack(Path home) throws IOException {
        try (var in = new ZipInputStream(Files.newInputStream(zip))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                // The archive's own top directory carries the version.
                var name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                var target = home.resolve(name).normalize();
                if (!target.startsWith(home)) {
                    throw new IOException("entry outside: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(in, target);
                }
            }
        }
    }

    private void build(Path home) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                "sh",
                home.resolve("bin").resolve("kc.sh").toString(),
                "build",
                "--db=postgres",
                "--health-enabled=true",
                "--metrics-enabled=false");
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().remove("JAVA_OPTS");
        var process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new LocalFailure(
                    "Keycloak could not be built in " + home + "; delete that directory and try again.",
                    output.lines().toList());
        }
    }
}
