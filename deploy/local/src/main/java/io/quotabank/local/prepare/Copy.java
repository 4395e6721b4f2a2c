package io.quotabank.local.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Copies a class path, jars and directories of classes alike. */
final class Copy {

    static void classPath(List<Path> entries, Path into) throws IOException {
        var copies = laidOut(entries, into);
        for (int i = 0; i < entries.size(); i++) {
            tree(entries.get(i), copies.get(i));
        }
    }

    private static List<Path> laidOut(List<Path> entries, Path into) {
        return entries.stream()
                .map(entry -> into.resolve(entry.getFileName().toString()))
                .toList();
    }

    /** The copy as a class path: one wildcard for all jars, which keeps command lines readable in process lists. */
    static List<Path> asClassPath(List<Path> entries, Path into) {
        return Stream.concat(
                        Stream.of(into.resolve("*")),
                        laidOut(entries, into).stream().filter(Files::isDirectory))
                .toList();
    }

    private static void tree(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private Copy() {}
}
