package io.quotabank.proxy.routing;

import static io.quotabank.proxy.routing.TestRouting.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostHealthTests {

    private static final long START = 1_000_000;
    private static final long OUT_MS = SETTINGS.hostCoolDown().toMillis();

    private final HostHealth host = new HostHealth(SETTINGS);

    @Test
    void goesOutAtTheFifthCallWithoutAnAnswer() {
        unreachable(4);
        assertThat(host.mayBeTried(START)).isTrue();
        unreachable(1);
        assertThat(host.mayBeTried(START)).isFalse();
        assertThat(host.mayBeTried(START + OUT_MS - 1)).isFalse();
        assertThat(host.mayBeTried(START + OUT_MS)).isTrue();
    }

    @Test
    void countsAnErrorAnswerHalf() {
        for (int i = 0; i < 9; i++) {
            host.erred(START, false);
        }
        assertThat(host.isOut()).isFalse();
        host.erred(START, false);
        assertThat(host.isOut()).isTrue();
    }

    @Test
    void forgetsByAnAnswerAndByTime() {
        unreachable(4);
        host.answered(false);
        unreachable(4);
        assertThat(host.isOut()).isFalse();
        host.unreachable(START + 60_001, false);
        assertThat(host.isOut()).isFalse();
    }

    @Test
    void isProbedByOneCallAtATime() {
        unreachable(5);
        assertThat(host.takeProbe(START)).isFalse();
        assertThat(host.takeProbe(START + OUT_MS)).isTrue();
        assertThat(host.takeProbe(START + OUT_MS)).isFalse();
        host.unreachable(START + OUT_MS, true);
        assertThat(host.mayBeTried(START + OUT_MS + 2 * OUT_MS - 1)).isFalse();
        assertThat(host.takeProbe(START + OUT_MS + 2 * OUT_MS)).isTrue();
        host.answered(true);
        assertThat(host.isOut()).isFalse();
    }

    private void unreachable(int times) {
        for (int i = 0; i < times; i++) {
            host.unreachable(START, false);
        }
    }
}
