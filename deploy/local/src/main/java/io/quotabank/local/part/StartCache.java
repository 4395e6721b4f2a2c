package io.quotabank.local.part;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The JVM's ahead-of-time cache of one service (JEP 483, 514): halves its start where it is there. */
public final class StartCache {

    public static Path file(Path jar, String service) {
        return jar.resolveSibling(service + ".aot");
    }

    static List<String> options(Path jar, String service) {
        var file = file(jar, service);
        // A cache that does not fit (another JDK, other options) is passed over by the JVM; that is worth no line in
        // the log.
        return Files.exists(file) ? List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off") : List.of();
    }

    private StartCache() {}
}
