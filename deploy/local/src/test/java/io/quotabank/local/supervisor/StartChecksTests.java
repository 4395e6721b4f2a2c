package io.quotabank.local.supervisor;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.local.LocalFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StartChecksTests {

    @Test
    void refusesAMachineWithTooLittleMemory() {
        assertThatThrownBy(() -> StartChecks.memory(2_500, 2_499))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("2500 MB")
                .hasMessageContaining("larger machine");
        assertThatCode(() -> StartChecks.memory(2_500, 2_500)).doesNotThrowAnyException();
    }

    @Test
    void refusesADiskThatIsNearlyFull() {
        assertThatThrownBy(() -> StartChecks.disk(1_499, Path.of("somewhere")))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("--state DIR");
        assertThatCode(() -> StartChecks.disk(1_500, Path.of("somewhere"))).doesNotThrowAnyException();
    }
}
