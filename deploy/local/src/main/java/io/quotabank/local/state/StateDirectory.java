package io.quotabank.local.state;

import io.quotabank.local.LocalFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/** One suite's files: databases, keys, logs, and what tells scripts where everything is. */
public record StateDirectory(Path root) {

    // sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
    private static final int LONGEST_SOCKET_PATH = 100;

    public StateDirectory {
        root = root.toAbsolutePath().normalize();
    }

    public StateDirectory create() {
        StateFiles.privateDirectory(root);
        for (var directory : new Path[] {logs(), keys(), config(), data(), journal()}) {
            StateFiles.privateDirectory(directory);
        }
        return this;
    }

    public boolean exists() {
        return Files.isDirectory(root);
    }

    public Path stackFile() {
        return root.resolve("stack.json");
    }

    public Path processesFile() {
        return root.resolve("processes.json");
    }

    public Path demoFile() {
        return root.resolve("demo.json");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    public Path keys() {
        return root.resolve("keys");
    }

    public Path config() {
        return root.resolve("config");
    }

    public Path data() {
        return root.resolve("data");
    }

    public Path journal() {
        return root.resolve("journal");
    }

    /** Where commands reach the supervisor. Outside the state directory only where its path is too long for a socket. */
    public Path socket() {
        var inside = root.resolve("control.sock");
        if (inside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH) {
            return inside;
        }
        var sum = new CRC32C();
        sum.update(root.toString().getBytes(StandardCharsets.UTF_8));
        return Path.of("/tmp", "quotabank-" + HexFormat.of().toHexDigits(sum.getValue(), 8) + ".sock");
    }

    /** The lock that one supervisor at a time holds while it lives; empty when another holds it. */
    public Optional<FileLock> lock() {
        try {
            var channel = FileChannel.open(
                    root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
            var lock = channel.tryLock();
            if (lock == null) {
                channel.close();
            }
            return Optional.ofNullable(lock);
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new LocalFailure("The state directory " + root + " cannot be locked; check its permissions.", e);
        }
    }

    /** Deletes everything. Only for a suite that is down. */
    public void delete() {
        if (!exists()) {
            return;
        }
        try (var files = Files.walk(root)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(socket());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
