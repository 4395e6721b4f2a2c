package io.quotabank.local.prepare;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipFile;

/** Twelve letters that stand for content: enough to tell builds apart, short enough for a directory's name. */
final class Fingerprint {

    private static final int LENGTH = 12;

    private final MessageDigest digest;

    Fingerprint() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Fingerprint with(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    /**
     * What is in a file. A jar tells that itself: of each entry its directory has the name, the size and a checksum, and
     * reading half a gigabyte of jars anew would be a good part of each start.
     */
    Fingerprint with(Path file) {
        return file.toString().endsWith(".jar") ? withEntries(file) : withBytes(file);
    }

    private Fingerprint withEntries(Path jar) {
        try (var zip = new ZipFile(jar.toFile())) {
            zip.stream()
                    .map(entry -> entry.getName() + " " + entry.getSize() + " " + entry.getCrc())
                    .forEach(this::with);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Fingerprint withBytes(Path file) {
        try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
    }
}
