package io.quotabank.local.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTests {

    @TempDir
    Path directory;

    @Test
    void aJarIsAnotherWhereOneByteOfOneEntryIs() throws IOException {
        var one = jar("one.jar", "A.class", "same length 1");
        assertThat(of(jar("again.jar", "A.class", "same length 1"))).isEqualTo(of(one));
        assertThat(of(jar("changed.jar", "A.class", "same length 2"))).isNotEqualTo(of(one));
        assertThat(of(jar("renamed.jar", "B.class", "same length 1"))).isNotEqualTo(of(one));
    }

    @Test
    void anyOtherFileIsAnotherWhereOneByteIs() throws IOException {
        var one = Files.writeString(directory.resolve("one.json"), "{1}");
        assertThat(of(Files.writeString(directory.resolve("again.json"), "{1}")))
                .isEqualTo(of(one));
        assertThat(of(Files.writeString(directory.resolve("changed.json"), "{2}")))
                .isNotEqualTo(of(one));
    }

    private static String of(Path file) {
        return new Fingerprint().with(file).text();
    }

    private Path jar(String name, String entry, String content) throws IOException {
        var file = directory.resolve(name);
        try (var out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new JarEntry(entry));
            out.write(content.getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        return file;
    }
}
