package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BacklogTests {

    @Test
    void othersWaitWhilePollsAreFullButNotForLonger() {
        var backlog = new Backlog(properties(Duration.ofHours(1)));
        assertThat(backlog.comesFirst()).isFalse();
        backlog.polled(999);
        assertThat(backlog.comesFirst()).isFalse();
        backlog.polled(1_000);
        assertThat(backlog.comesFirst()).isTrue();
        var bounded = new Backlog(properties(Duration.ZERO));
        bounded.polled(1_000);
        assertThat(bounded.comesFirst()).isFalse();
    }

    private static SettlementProperties properties(Duration firstFor) {
        return new SettlementProperties(
                "ledger",
                true,
                2,
                1_000,
                0,
                firstFor,
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofSeconds(1));
    }
}
