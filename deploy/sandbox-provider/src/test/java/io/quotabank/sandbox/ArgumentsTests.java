package io.quotabank.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTests {

    @Test
    void takesPortsAndHostInBothSpellings() {
        assertThat(Arguments.parse(List.of("--port", "1", "--control-port=65535", "--host=localhost")))
                .isEqualTo(new Arguments(1, 65_535, "localhost", false));
    }

    @Test
    void hasADefaultForEverything() {
        assertThat(Arguments.parse(List.of())).isEqualTo(new Arguments(9100, 9101, "127.0.0.1", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--port", "--port=", "--port=65536", "--port=-1", "--port=x", "--colour=red", "--colour", "9100"
            })
    void refusesWhatItDoesNotKnowWithASentence(String word) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.parse(List.of(word)))
                .withMessageMatching(".+\\.?");
        assertThat(SandboxProvider.run(List.of(word))).isEqualTo(2);
    }

    @Test
    void refusesAHostThatIsNone() {
        assertThat(SandboxProvider.run(List.of("--host", "no such host"))).isEqualTo(2);
    }

    @Test
    void failsWhenAPortIsInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = "--port=" + taken.getLocalPort();
            assertThat(SandboxProvider.run(List.of(port, "--control-port=0"))).isEqualTo(1);
        }
    }

    @Test
    void helpsWithoutStarting() {
        assertThat(SandboxProvider.run(List.of("--help"))).isZero();
        assertThat(Arguments.HELP).contains("--port", "--control-port", "--host");
    }
}
