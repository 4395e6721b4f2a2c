package io.quotabank.local.prepare;

import io.quotabank.local.LocalFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/** A service's executable jar as the build made it. */
record ServiceJar(Path file) {

    private static final Pattern MIGRATION = Pattern.compile(".*db/migration/.*V(\\d+)__.*\\.sql");

    /** Lays the jar out beside its libraries, as a start cache needs it; answers where the runnable jar will be. */
    void extract(Path java, Path directory) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        java.resolve("bin").resolve("java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djarmode=tools",
                        "-jar",
                        file.toString(),
                        "extract",
                        "--force",
                        "--destination",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || !Files.exists(directory.resolve(name()))) {
            throw new LocalFailure(
                    file + " could not be unpacked; build again with ./quotabank up --rebuild.",
                    output.lines().toList());
        }
    }

    String name() {
        return file.getFileName().toString();
    }

    /** The highest migration inside, 0 where there is none. */
    int schema() {
        try (var zip = new ZipFile(file.toFile())) {
            return zip.stream()
                    .map(entry -> MIGRATION.matcher(entry.getName()))
                    .filter(Matcher::matches)
                    .mapToInt(match -> Integer.parseInt(match.group(1)))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
