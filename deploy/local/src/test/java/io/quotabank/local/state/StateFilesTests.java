package io.quotabank.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFilesTests {

    @TempDir
    private Path directory;

    @Test
    void onlyTheOwnerReadsWhatIsWrittenAlsoOverAnOpenFile() throws IOException {
        var file = Files.writeString(directory.resolve("stack.json"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        StateFiles.writeJson(file, Map.of("gateway", "http://127.0.0.1:8000"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().contains("http://127.0.0.1:8000");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aSecretNeverShowsItsValue() {
        var secrets = Secrets.of(new StateDirectory(directory).create(), Stream.of("ledger_owner"), Stream.of("buyer"));

        assertThat(secrets.toString())
                .contains("ledger_owner")
                .doesNotContain(secrets.database("ledger_owner"), secrets.person("buyer"), secrets.postgres());
    }

    @Test
    void anOlderStateKeepsItsSecretsAndGetsThoseItLacks() throws IOException {
        var state = new StateDirectory(directory).create();
        var older = Secrets.of(state, Stream.of("ledger_owner"), Stream.of("buyer"));

        var newer = Secrets.of(state, Stream.of("ledger_owner"), Stream.of("buyer", "application"));

        assertThat(newer.person("buyer")).isEqualTo(older.person("buyer"));
        assertThat(newer.database("ledger_owner")).isEqualTo(older.database("ledger_owner"));
        assertThat(newer.postgres()).isEqualTo(older.postgres());
        assertThat(newer.person("application")).hasSize(24).isNotEqualTo(newer.person("buyer"));
        assertThat(Secrets.of(state, Stream.of(), Stream.of())).isEqualTo(newer);
    }

    @Test
    void aLongPathHasItsSocketElsewhere() {
        var deep = new StateDirectory(Path.of("/").resolve("d".repeat(120)));

        assertThat(deep.socket().toString()).startsWith("/tmp/quotabank-").hasSizeLessThan(60);
        assertThat(new StateDirectory(Path.of("/home/me")).socket()).isEqualTo(Path.of("/home/me/control.sock"));
    }
}
