package io.quotabank.local.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.state.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTests {

    @Test
    void theGatewayHasTheFirstPortAndNoTwoPartsShareOneHoweverManyRun() {
        var ports = new Ports(Settings.defaults());
        var taken = new ArrayList<Integer>();
        for (var kind : List.of("keycloak", "postgres", "kafka", "sandbox", "sandbox-payments")) {
            taken.add(ports.of(kind, 1));
            if (!kind.equals("postgres")) {
                taken.add(ports.second(kind, 1));
            }
        }
        for (var kind : ServiceKind.values()) {
            for (int index = 1; index <= Settings.MOST_INSTANCES; index++) {
                taken.add(ports.of(kind.id(), index));
                taken.add(ports.second(kind.id(), index));
            }
        }

        assertThat(ports.of("gateway-service", 1)).isEqualTo(8000);
        assertThat(taken).doesNotHaveDuplicates().allMatch(port -> port >= 8000 && port < 8000 + Ports.RANGE);
    }

    @Test
    void onePartCanBeMoved() {
        var settings = new Settings(9000, Map.of("proxy-service-2", 7777), Map.of("proxy-service", 2), List.of());
        var ports = new Ports(settings);

        assertThat(ports.of("proxy-service", 2)).isEqualTo(7777);
        assertThat(ports.of("proxy-service", 1)).isEqualTo(9030);
    }

    @Test
    void refusesScalesAndPortsOutOfRange() {
        assertThatThrownBy(() -> new Settings(8000, Map.of(), Map.of("proxy-service", 6), List.of()))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("1 to 5");
        assertThatThrownBy(() -> new Settings(80, Map.of(), Map.of(), List.of()))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("--ports-from");
    }
}
