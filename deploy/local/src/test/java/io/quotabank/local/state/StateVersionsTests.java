package io.quotabank.local.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.local.LocalFailure;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateVersionsTests {

    private static final StateVersions WRITTEN = new StateVersions(1, 18, 2, Map.of("ledger-service", 7));

    @TempDir
    private Path directory;

    private StateDirectory state;

    @BeforeEach
    void write() {
        state = new StateDirectory(directory).create();
        WRITTEN.claim(state);
    }

    @Test
    void letsTheSameAndNewerBuildsIn() {
        WRITTEN.claim(state);
        new StateVersions(1, 18, 3, Map.of("ledger-service", 8, "pool-service", 1)).claim(state);

        assertThat(StateFiles.readJson(directory.resolve("versions.json"), StateVersions.class))
                .contains(new StateVersions(1, 18, 3, Map.of("ledger-service", 8, "pool-service", 1)));
    }

    @Test
    void refusesAnOlderRealm() {
        refuses(new StateVersions(1, 18, 1, Map.of("ledger-service", 7)), "realm version 2");
    }

    @Test
    void refusesOlderTables() {
        refuses(new StateVersions(1, 18, 2, Map.of("ledger-service", 6)), "ledger-service at version 7");
    }

    @Test
    void refusesAnotherPostgresEitherWay() {
        refuses(new StateVersions(1, 17, 2, Map.of()), "PostgreSQL 18");
        refuses(new StateVersions(1, 19, 2, Map.of()), "PostgreSQL 18");
    }

    @Test
    void keepsWhatABuildWithFewerServicesDoesNotKnow() {
        new StateVersions(1, 18, 2, Map.of()).claim(state);

        refuses(new StateVersions(1, 18, 2, Map.of("ledger-service", 6)), "ledger-service at version 7");
    }

    private void refuses(StateVersions build, String why) {
        assertThatThrownBy(() -> build.claim(state))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining(why)
                .hasMessageContaining("./quotabank reset");
    }
}
