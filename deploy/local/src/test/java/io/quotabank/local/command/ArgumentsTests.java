package io.quotabank.local.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.Parts;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTests {

    @TempDir
    private Path directory;

    @Test
    void readsScalesPortsAndTheStateDirectoryInAnyOrder() {
        var arguments =
                arguments("up", "--scale", "proxy-service=2", "--ports-from", "9000", "--scale", "ledger-service=3");

        assertThat(arguments.command()).isEqualTo("up");
        assertThat(arguments.settings())
                .isEqualTo(new Settings(9000, Map.of(), Map.of("proxy-service", 2, "ledger-service", 3), List.of()));
    }

    @Test
    void remembersPortsButNotScales() {
        var state = new StateDirectory(directory).create();
        new Settings(9100, Map.of("kafka", 7000), Map.of("proxy-service", 2), List.of()).keep(state);

        assertThat(arguments("up").settings())
                .isEqualTo(new Settings(9100, Map.of("kafka", 7000), Map.of(), List.of()));
        assertThat(arguments("up", "--ports-from", "9200").settings())
                .isEqualTo(new Settings(9200, Map.of(), Map.of(), List.of()));
    }

    @Test
    void givesAServiceAnotherSetting() {
        var settings = arguments("up", "--set", "proxy-service:quotabank.lease.idle=2s")
                .settings();

        assertThat(settings.overrides("proxy-service")).isEqualTo(Map.of("quotabank.lease.idle", "2s"));
        assertThat(settings.overrides("ledger-service")).isEmpty();
        assertRefused("--set is written as", "up", "--set", "quotabank.lease.idle=2s");
    }

    @Test
    void scalesEveryServiceAndNothingElse() {
        for (var service : Parts.identities()) {
            assertThat(arguments("up", "--scale", service + "=2").settings().instances(service))
                    .isEqualTo(2);
        }
        assertRefused("gateway-service", "up", "--scale", "kafka=2");
    }

    @Test
    void restartsInTurnWhatIsNamedOrAll() {
        assertThat(arguments("restart", "--rolling").rolling()).isTrue();
        assertThat(arguments("restart", "--rolling", "ledger-service").words()).containsExactly("ledger-service");
        assertThat(arguments("restart", "kafka").rolling()).isFalse();
    }

    @Test
    void saysWhatIsWrongInOneSentence() {
        assertRefused("no option --frob", "up", "--frob");
        assertRefused("takes a number", "up", "--ports-from", "many");
        assertRefused("cannot be scaled", "up", "--scale", "postgres=2");
        assertRefused("--scale proxy-service=2", "up", "--scale", "proxy-service");
        assertRefused("needs a value", "up", "--scale");
    }

    private void assertRefused(String why, String... words) {
        assertThatThrownBy(() -> arguments(words).settings())
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining(why);
    }

    private Arguments arguments(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state", directory.toString()));
        return new Arguments(Path.of("/root"), all);
    }
}
