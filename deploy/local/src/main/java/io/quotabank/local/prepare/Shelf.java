package io.quotabank.local.prepare;

import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Directories named for what they were made from, made once and never changed: a build can go on beside a running suite
 * because the suite runs from here.
 */
final class Shelf {

    /** Fills a new directory. */
    interface Filling {
        void fill(Path directory) throws IOException, InterruptedException;
    }

    private static final String COMPLETE = ".complete";

    // A running suite touches what it uses every few minutes.
    private static final Duration UNUSED = Duration.ofHours(6);

    private final Path root;

    Shelf(Path root) {
        this.root = StateFiles.privateDirectory(root);
    }

    Path get(String name, Filling filling) {
        var directory = root.resolve(name);
        try (var channel =
                        FileChannel.open(root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IllegalStateException("the lock was lost");
            }
            if (!Files.exists(directory.resolve(COMPLETE))) {
                delete(directory);
                StateFiles.privateDirectory(directory);
                filling.fill(directory);
                Files.createFile(directory.resolve(COMPLETE));
            }
            touch(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while preparing " + name, e);
        }
    }

    /** Deletes what nobody has used for a while and this build does not need. */
    void tidy(List<Path> needed) {
        try (var directories = Files.list(root)) {
            for (var directory : directories.filter(Files::isDirectory).toList()) {
                if (needed.stream().noneMatch(path -> path.startsWith(directory)) && unused(directory)) {
                    delete(directory);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void touch(Path directory) throws IOException {
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
    }

    private static boolean unused(Path directory) throws IOException {
        return Files.getLastModifiedTime(directory)
                .toInstant()
                .isBefore(Instant.now().minus(UNUSED));
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
