package io.quotabank.pool.quota;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.platform.batch.EventBatches;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Counts closed requests, a poll at a time. */
@Component
class UsageListener {

    private final EventBatches<Closed> batches;

    UsageListener(Metering metering, JsonMapper json) {
        this.batches = new EventBatches<>(UsageEvent.CLOSED_TYPE, Closed.class, json, metering::count);
    }

    @KafkaListener(
            topics = UsageEvent.TOPIC,
            groupId = "pool-service",
            batch = "true",
            concurrency = "${quotabank.quota.consumers:1}")
    void take(List<ConsumerRecord<String, byte[]>> polled) {
        batches.take(polled);
    }
}
