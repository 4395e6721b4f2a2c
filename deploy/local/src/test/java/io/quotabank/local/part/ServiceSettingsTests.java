package io.quotabank.local.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceSettingsTests {

    private static final String ALLOWED = "quotabank.upstream.allowed-internal";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"POOL", "PROXY"})
    void allowsTheSandboxesPortAndNothingElseOfThisMachine(ServiceKind kind) {
        assertThat(settings(Map.of()).of(kind, 1)).containsEntry(ALLOWED, "127.0.0.1/32:9007");
    }

    @Test
    void allowsTheOperatorsOwnProviderToBothWhoCallIt() {
        var settings = settings(Map.of("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1"));

        assertThat(settings.of(ServiceKind.POOL, 1)).containsEntry(ALLOWED, "127.0.0.1/32:9007,127.0.0.1/32:11434");
        assertThat(settings.of(ServiceKind.PROXY, 2)).containsEntry(ALLOWED, "127.0.0.1/32:9007,127.0.0.1/32:11434");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"POOL", "PROXY"},
            mode = EnumSource.Mode.EXCLUDE)
    void allowsNothingToTheOthers(ServiceKind kind) {
        assertThat(settings(Map.of()).of(kind, 1)).doesNotContainKey(ALLOWED);
    }

    @Test
    void tellsTheInstancesOfAServiceWithSeveralToHandTheirWorkOver() {
        var settings = settings(Map.of());

        assertThat(settings.of(ServiceKind.PROXY, 2))
                .containsKeys("quotabank.leaving.announce", "quotabank.leaving.drain");
        assertThat(settings.of(ServiceKind.LEDGER, 1))
                .doesNotContainKeys("quotabank.leaving.announce", "quotabank.leaving.drain");
    }

    private ServiceSettings settings(Map<String, String> environment) {
        var state = new StateDirectory(directory).create();
        var layout = new Settings(9000, Map.of(), Map.of("proxy-service", 2), List.of());
        var roles = Stream.of("ledger", "pool", "proxy", "risk")
                .flatMap(name -> Stream.of(Databases.service(name), Databases.owner(name), Databases.reader(name)));
        return new ServiceSettings(
                state,
                layout,
                Secrets.of(state, roles, Stream.of("buyer")),
                new Ports(layout),
                new ProviderVariables(environment));
    }
}
