package io.quotabank.local.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The JVM's ahead-of-time cache of one service (JEP 483, 514, 515): classes loaded and linked, and profiles of what ran,
 * as a training run left them. It halves what a start costs.
 *
 * @param file where the cache is, beside the jar it was made for
 */
public record StartCache(Path file) {

    static StartCache of(Path jar, String service) {
        return new StartCache(jar.resolveSibling(service + ".aot"));
    }

    public boolean exists() {
        return Files.exists(file);
    }

    /** @param training whether this run is the one that makes the cache, when it ends */
    List<String> options(boolean training) {
        if (training) {
            return List.of("-XX:AOTCacheOutput=" + unfinished());
        }
        // A cache that does not fit (another JDK, other options) is passed over by the JVM, which is worth no line.
        return exists() ? List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off") : List.of();
    }

    /** Takes what a training run has written into use. A service that wrote none goes without. */
    public void finish() throws IOException {
        if (Files.exists(unfinished())) {
            Files.move(unfinished(), file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Path unfinished() {
        return file.resolveSibling(file.getFileName() + ".new");
    }
}
