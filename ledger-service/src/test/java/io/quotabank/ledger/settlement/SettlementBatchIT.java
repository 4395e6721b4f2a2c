package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

class SettlementBatchIT {

    private static final int EVENTS = 1_200;

    @Test
    void aBacklogIsSettledInTransactionsAsLargeAsTheSettingSays() {
        assertThat(largestBatch(7)).isEqualTo(7);
        // Above what a consumer takes by default.
        assertThat(largestBatch(1_000)).isBetween(501L, 1_000L);
    }

    private static long largestBatch(int most) {
        try (var ledger =
                Ledger.consuming(Map.of("quotabank.settlement.batch", most, "quotabank.settlement.start", "false"))) {
            var user = UUID.randomUUID();
            UsageTopic.send(
                    IntStream.range(0, EVENTS).mapToObj(i -> event(user)).toList());
            Objects.requireNonNull(ledger.bean(KafkaListenerEndpointRegistry.class)
                            .getListenerContainer(SettlementListener.ID))
                    .start();
            await().until(() -> ledger.number("SELECT count(*) FROM settlement") == EVENTS);
            return ledger.number("SELECT max(size) FROM (SELECT count(*) AS size FROM settlement GROUP BY xact) AS t");
        }
    }

    private static Closed event(UUID user) {
        return TestUsage.of(user).cost(0).closed();
    }
}
